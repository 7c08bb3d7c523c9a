// The cross entropy of a file of rows "id,label,logit_0,...,logit_9", gathered over batches: `losses
// digits_logits.csv`
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "evaluation/loss_state.h"
#include "losses/class_index_loss.h"
#include "losses/first_invalid.h"

namespace {

constexpr std::size_t classes = 10;
constexpr std::size_t batchRows = 64;

struct Batch {
  std::vector<float> logits;
  std::vector<std::int32_t> labels;
};

/// False at the end of the file.
bool readBatch(std::istream& file, Batch& batch) {
  batch = {};
  for (std::string line; batch.labels.size() < batchRows && std::getline(file, line);) {
    std::istringstream cells(line);
    std::string cell;
    std::getline(cells, cell, ',');
    std::getline(cells, cell, ',');
    batch.labels.push_back(std::stoi(cell));
    while (std::getline(cells, cell, ',')) batch.logits.push_back(std::stof(cell));
  }
  return !batch.labels.empty();
}

losskit::LossState crossEntropy(std::istream& file) {
  losskit::LossState state;
  const losskit::ClassIndexOptions<float> options;
  std::vector<float> losses(batchRows);
  for (Batch batch; readBatch(file, batch);) {
    const std::size_t rows = batch.labels.size();
    if (losskit::firstInvalidTarget(batch.labels.data(), rows, classes, options.ignoreIndex) < rows) {
      throw std::runtime_error("a label is no class");
    }
    losskit::classIndexLoss(losses.data(), nullptr, batch.logits.data(), batch.labels.data(),
                            {rows, classes, 1}, options);
    state.addRows<float>(losses.data(), batch.labels.data(), rows, nullptr, options.ignoreIndex);
  }
  return state;
}

}  // namespace

int main(int count, char** arguments) {
  std::ifstream file(count > 1 ? arguments[1] : "digits_logits.csv");
  std::string header;
  if (!std::getline(file, header)) return std::fprintf(stderr, "the file cannot be read\n"), 1;
  try {
    const losskit::LossState state = crossEntropy(file);
    std::printf("cross entropy %.17g of %llu rows\n", state.mean(),
                static_cast<unsigned long long>(state.rows()));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}

// This library, native, and the sum of the buffer as contenders of the kernels' bench; the lines it answers
// are described in places/program.mjs.
#include <chrono>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <map>
#include <numeric>
#include <sstream>
#include <string>
#include <vector>

#include "evaluation/loss_state.h"
#include "losses/binary_cross_entropy.h"
#include "losses/class_index_loss.h"
#include "losses/ghm.h"
#include "losses/sigmoid_focal.h"
#include "losses/softmax.h"
#include "numeric/simd.h"

namespace {

using losskit::F32x4;
using losskit::load;

constexpr std::int32_t kIgnoreIndex = -100;
/// As the package works: so many floats a block.
constexpr std::size_t kBlockValues = std::size_t{1} << 15;

struct Case {
  std::string operation;
  std::size_t rows = 0;
  std::size_t classes = 1;
  std::vector<float> scores;
  std::vector<std::int32_t> labels;
  std::vector<float> targets;
  std::vector<float> loss;
  std::vector<float> out;
};

/// Calls use(start, length) for each block of rows.
template <class Use>
void forEachBlock(const Case& c, const Use& use) {
  const std::size_t step = std::max<std::size_t>(1, kBlockValues / c.classes);
  for (std::size_t start = 0; start < c.rows; start += step) use(start, std::min(step, c.rows - start));
}

double softmax(Case& c) {
  losskit::softmax(c.out.data(), c.scores.data(), {c.rows, c.classes, 1});
  return 0;
}

double logSoftmax(Case& c) {
  losskit::logSoftmax(c.out.data(), c.scores.data(), {c.rows, c.classes, 1});
  return 0;
}

double crossEntropyPass(Case& c, bool wantsGradient) {
  losskit::LossState state;
  losskit::ClassIndexOptions<float> options;
  options.ignoreIndex = kIgnoreIndex;
  options.gradientScale = 1 / static_cast<float>(c.rows);
  forEachBlock(c, [&](std::size_t start, std::size_t length) {
    const std::size_t first = start * c.classes;
    losskit::classIndexLoss(c.loss.data(), wantsGradient ? c.out.data() + first : nullptr,
                            c.scores.data() + first, c.labels.data() + start, {length, c.classes, 1},
                            options);
    state.addRows(c.loss.data(), c.labels.data() + start, length, static_cast<const float*>(nullptr),
                  kIgnoreIndex);
  });
  return state.mean();
}

double crossEntropy(Case& c) {
  return crossEntropyPass(c, false);
}

double crossEntropyValueAndGradient(Case& c) {
  return crossEntropyPass(c, true);
}

/// The mean of an elementwise loss that kernel(loss, scores, target, count) works.
template <class Kernel>
double elements(Case& c, const Kernel& kernel) {
  losskit::LossState state;
  forEachBlock(c, [&](std::size_t start, std::size_t length) {
    kernel(c.loss.data(), c.scores.data() + start, c.targets.data() + start, length);
    state.addAll(c.loss.data(), length);
  });
  return state.mean();
}

double bceWithLogits(Case& c) {
  return elements(c, [](float* loss, const float* x, const float* t, std::size_t count) {
    losskit::binaryCrossEntropyWithLogits(loss, nullptr, x, t, count,
                                          losskit::BinaryCrossEntropyOptions<float>());
  });
}

double sigmoidFocal(Case& c) {
  return elements(c, [](float* loss, const float* x, const float* t, std::size_t count) {
    losskit::sigmoidFocal(loss, nullptr, x, t, count, losskit::SigmoidFocalOptions<float>());
  });
}

double ghmc(Case& c) {
  losskit::GhmState state(10, losskit::GhmKind::Classification);
  forEachBlock(c, [&](std::size_t start, std::size_t length) {
    const float* everything = nullptr;
    losskit::ghmUpdate(state, c.scores.data() + start, c.targets.data() + start, everything, length, 0);
  });
  return state.loss(state.weights(state.densities()));
}

double sumOfTheBuffer(Case& c) {
  F32x4 sums[8] = {};
  std::size_t i = 0;
  for (; i + 32 <= c.scores.size(); i += 32) {
    for (std::size_t k = 0; k < 8; ++k) sums[k] += load(c.scores.data() + i + 4 * k);
  }
  double sum = std::accumulate(c.scores.begin() + static_cast<std::ptrdiff_t>(i), c.scores.end(), 0.0);
  for (const F32x4 part : sums) sum += losskit::sumAsDouble(part);
  return sum;
}

using Operation = double (*)(Case&);

const std::map<std::string, Operation> kOperations = {
    {"softmax", softmax},
    {"log-softmax", logSoftmax},
    {"cross entropy", crossEntropy},
    {"cross entropy value and gradient", crossEntropyValueAndGradient},
    {"BCE with logits", bceWithLogits},
    {"sigmoid focal", sigmoidFocal},
    {"GHM-C", ghmc},
};

Operation operationOf(const Case& c, const std::string& contender) {
  return contender == "0" ? kOperations.at(c.operation) : sumOfTheBuffer;
}

template <class T>
std::vector<T> readFile(const std::string& path, std::size_t count) {
  std::vector<T> values(count);
  std::ifstream file(path, std::ios::binary);
  file.read(reinterpret_cast<char*>(values.data()), static_cast<std::streamsize>(count * sizeof(T)));
  return values;
}

Case open(const std::vector<std::string>& fields) {
  Case c;
  c.operation = fields[1];
  c.rows = std::stoul(fields[2]);
  c.classes = std::stoul(fields[3]);
  c.scores = readFile<float>(fields[4], c.rows * c.classes);
  if (fields[5].ends_with(".f32")) {
    c.targets = readFile<float>(fields[5], c.rows);
  } else {
    c.labels = readFile<std::int32_t>(fields[5], c.rows);
  }
  c.loss.resize(c.rows);
  c.out.resize(c.scores.size());
  return c;
}

double probe(const std::vector<float>& values) {
  double sum = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    sum += std::fabs(static_cast<double>(values[i])) * static_cast<double>(1 + i % 7);
  }
  return sum / static_cast<double>(values.size());
}

void start(Case& c, const std::string& contender) {
  const double value = operationOf(c, contender)(c);
  const bool isTensor = c.operation.ends_with("softmax") && contender == "0";
  if (isTensor) {
    std::printf("%.17g\n", probe(c.out));
  } else if (contender == "0" && c.operation.ends_with("gradient")) {
    std::printf("%.17g\t%.17g\n", value, probe(c.out) * static_cast<double>(c.rows));
  } else {
    std::printf("%.17g\n", value);
  }
}

void run(Case& c, const std::string& contender) {
  const Operation operation = operationOf(c, contender);
  const auto before = std::chrono::steady_clock::now();
  // Kept, or the sum would be left out.
  volatile double value = operation(c);
  static_cast<void>(value);
  const std::chrono::duration<double, std::milli> time = std::chrono::steady_clock::now() - before;
  std::printf("%.6f\n", time.count());
}

std::vector<std::string> split(const std::string& line) {
  std::vector<std::string> fields;
  std::istringstream stream(line);
  for (std::string field; std::getline(stream, field, '\t');) fields.push_back(field);
  return fields;
}

}  // namespace

int main() {
  std::printf("losskit native\t\tsum of the buffer, native\t\n");
  std::fflush(stdout);
  Case current;
  for (std::string line; std::getline(std::cin, line);) {
    const std::vector<std::string> fields = split(line);
    if (fields[0] == "open") current = open(fields);
    if (fields[0] == "close") current = Case();
    if (fields[0] == "start") {
      start(current, fields[1]);
    } else if (fields[0] == "run") {
      run(current, fields[1]);
    } else {
      std::printf("ok\n");
    }
    std::fflush(stdout);
  }
}

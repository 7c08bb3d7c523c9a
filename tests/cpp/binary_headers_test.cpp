#include <gtest/gtest.h>

#include <cstring>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "tables/npy.h"
#include "tables/safetensors.h"
#include "tables/torch_pickle.h"
#include "tables/zip.h"

namespace losskit {
namespace {

std::string fixture(const std::string& name) {
  std::ifstream file("tests/fixtures/tables/" + name, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string npy(const std::string& header, char version = 1) {
  std::string text("\x93NUMPY", 6);
  text += version;
  text += '\0';
  text += static_cast<char>(header.size());
  text += version == 1 ? std::string(1, '\0') : std::string(3, '\0');
  return text + header;
}

TEST(Npy, ReadsTypeShapeAndPlace) {
  const NpyHeader header =
      readNpyHeader(npy("{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }\n"));
  EXPECT_EQ(header.problem, "");
  EXPECT_EQ(header.array.type, "f4");
  EXPECT_EQ(header.array.shape, (std::vector<std::uint64_t>{3, 4}));
  EXPECT_EQ(header.array.end - header.array.begin, 48U);
  EXPECT_EQ(
      readNpyHeader(npy("{'descr': '>i8', 'fortran_order': True, 'shape': (5L,)}", 3)).array.isBigEndian,
      true);
  EXPECT_TRUE(readNpyHeader(npy("{'descr': '|u1', 'fortran_order': True, 'shape': ()}")).array.shape.empty());
}

TEST(Npy, AsksForMoreWhereTheHeaderIsCut) {
  const std::string whole = npy("{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }\n");
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const NpyHeader header = readNpyHeader(whole.substr(0, size));
    EXPECT_GT(header.needed, size);
    EXPECT_EQ(header.problem, "");
  }
}

TEST(Npy, NamesWhatItDoesNotRead) {
  const std::pair<const char*, const char*> headers[] = {
      {"{'descr': '|O', 'shape': (3,)}", "pickled"},
      {"{'descr': [('a', '<f4')], 'shape': (3,)}", "records with several fields"},
      {"{'descr': '<c8', 'shape': (3,)}", "of the type <c8"},
      {"{'descr': '<f4', 'shape': 3}", "its shape cannot be read"},
      {"{'descr': '<f4', 'shape': (3 4)}", "its shape cannot be read"},
      {"{'descr': '<f4', 'shape': (99999999999, 99999999999)}", "larger than any file"},
      {"{'shape': (3,)}", "its type cannot be read"},
      {"{}", "its shape cannot be read"}};
  for (const auto& [header, problem] : headers) {
    EXPECT_NE(readNpyHeader(npy(header)).problem.find(problem), std::string::npos) << header;
  }
  EXPECT_NE(readNpyHeader(std::string(64, 'x')).problem, "");
}

std::vector<std::string> namesIn(const std::string& archive) {
  const ZipDirectoryPlace place = findZipDirectory(archive, archive.size());
  EXPECT_EQ(place.problem, "");
  std::vector<std::string> names;
  const auto from = [&](std::uint64_t begin) { return archive.substr(static_cast<std::size_t>(begin)); };
  const std::string directory = from(place.begin).substr(0, static_cast<std::size_t>(place.size));
  for (const ZipEntry& entry : readZipDirectory(directory).entries) {
    names.push_back(entry.name);
    const std::size_t skip = zipLocalHeaderSize(from(entry.header));
    EXPECT_GT(skip, 0U);
    if (entry.method == 0) {
      EXPECT_EQ(from(entry.header + skip).substr(0, 6), "\x93NUMPY");
    }
  }
  return names;
}

TEST(Zip, FindsMembersIn32And64Bits) {
  EXPECT_EQ(namesIn(fixture("npz-stored.npz")), (std::vector<std::string>{"logits.npy", "labels.npy"}));
  EXPECT_EQ(namesIn(fixture("npz-zip64.npz")), (std::vector<std::string>{"logits.npy", "labels.npy"}));
  EXPECT_EQ(namesIn(fixture("npz-deflated.npz")), (std::vector<std::string>{"labels.npy", "logits.npy"}));
}

TEST(Zip, HasNoDirectoryWhereItIsCut) {
  const std::string archive = fixture("npz-stored.npz");
  for (std::size_t size = 0; size < archive.size(); ++size) {
    EXPECT_NE(findZipDirectory(std::string_view(archive).substr(0, size), size).problem, "") << size;
  }
}

TEST(Safetensors, ReadsTensorsAndRefusesWhatDoesNotFit) {
  const ArrayList list = readSafetensorsHeader(
      R"({"__metadata__":{"a":"b"},"x":{"dtype":"BF16","shape":[2,3],"data_offsets":[4,16]}})", 100, 116);
  ASSERT_EQ(list.problem, "");
  ASSERT_EQ(list.arrays.size(), 1U);
  EXPECT_EQ(list.arrays[0].type, "bf2");
  EXPECT_EQ(list.arrays[0].begin, 104U);
  EXPECT_EQ(list.arrays[0].end, 116U);
  for (const char* header :
       {"", "[]", "{\"x\":3}", R"({"x":{"dtype":"F32","shape":[2,3],"data_offsets":[0,16]}})",
        R"({"x":{"dtype":"F32","shape":[4],"data_offsets":[8,24]}})", R"({"x":{"dtype":"F32","shape":[4]}})",
        R"({"x":{"dtype":"F32","shape":[-4],"data_offsets":[0,16]}})"}) {
    EXPECT_NE(readSafetensorsHeader(header, 100, 116).problem, "") << header;
  }
}

/// A pickle of the opcodes up to the end of the text, with the stop behind it.
ArrayList pickle(const std::string& opcodes) {
  return readTorchPickle("\x80\x02" + opcodes + ".");
}

TEST(TorchPickle, NamesTensorsByTheirKeys) {
  using namespace std::string_literals;
  const std::string storage =
      "(X\7\0\0\0storage"s + "ctorch\nFloatStorage\n" + "X\1\0\0\0"s + "0" + "X\3\0\0\0cpu"s + "K\6tQ";
  const std::string tensor = "ctorch._utils\n_rebuild_tensor_v2\n(" + storage + std::string("K\0", 2) +
                             "K\x02K\x03\x86K\x03K\x01\x86\x89" + "ccollections\nOrderedDict\n)RtR";
  const ArrayList one = pickle(tensor);
  ASSERT_EQ(one.problem, "");
  ASSERT_EQ(one.arrays.size(), 1U);
  EXPECT_EQ(one.arrays[0].name, "tensor");
  EXPECT_EQ(one.arrays[0].member, "data/0");
  EXPECT_EQ(one.arrays[0].shape, (std::vector<std::uint64_t>{2, 3}));
  const ArrayList two =
      pickle(std::string("}(X\x01\0\0\0a", 8) + tensor + std::string("X\x01\0\0\0b](", 8) + tensor + "eu");
  ASSERT_EQ(two.problem, "");
  ASSERT_EQ(two.arrays.size(), 2U);
  EXPECT_EQ(two.arrays[0].name, "a");
  EXPECT_EQ(two.arrays[1].name, "b.0");
}

TEST(TorchPickle, ExecutesNothing) {
  EXPECT_NE(pickle("cos\nsystem\nX\x02\0\0\0ls\x85R").problem.find("os.system"), std::string::npos);
  EXPECT_NE(pickle("c__builtin__\neval\n)R").problem.find("__builtin__.eval"), std::string::npos);
  EXPECT_NE(pickle(std::string("\x8c\x02os\x8c\x06system\x93", 13)).problem.find("os.system"),
            std::string::npos);
  for (const char* opcodes : {"i", "o", "\x81", "\x92", "P1\n"}) {
    EXPECT_NE(pickle(opcodes).problem.find("opcode"), std::string::npos) << opcodes;
  }
}

TEST(TorchPickle, EndsOnWhatIsBroken) {
  for (const char* opcodes :
       {"", "t", "u", "h\x05", "R", "Q", "]]a", "}]s", "(((", "\x87", "q", "X\xFF\xFF\xFF\x7Fx", "ctorch"}) {
    const ArrayList list = pickle(opcodes);
    EXPECT_TRUE(!list.problem.empty() || list.arrays.empty()) << opcodes;
  }
  // A list that holds itself.
  EXPECT_NE(pickle(std::string("]q\0h\0a", 6)).problem, "");
}

}  // namespace
}  // namespace losskit

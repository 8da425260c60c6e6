// Files that services hand over.
#include "gatetorio/content.hpp"

#include <fcntl.h>

#include <catch2/catch_test_macros.hpp>
#include <optional>
#include <vector>

#include "gatetorio/blobs.hpp"

namespace gatetorio {
namespace {

struct Drawer {
  std::string label;
  std::vector<BlobHandle> blobs;
  std::optional<PassedDescriptor> spare;
};
BOOST_DESCRIBE_STRUCT(Drawer, (), (label, blobs, spare))

TEST_CASE("the descriptors of a message are found wherever they are in it") {
  Drawer drawer{
      "7", {{PassedDescriptor{5}, 1}, {PassedDescriptor::kNone, 7}, {PassedDescriptor{9}, 2}}, PassedDescriptor{4}};
  std::vector<std::int32_t> list;
  detail::list_descriptors(drawer, list);
  CHECK(list == std::vector<std::int32_t>{5, 9, 4});
  drawer.spare.reset();
  drawer.blobs.clear();
  list.clear();
  detail::list_descriptors(drawer, list);
  CHECK(list.empty());
}

TEST_CASE("a descriptor that is passed on belongs to whoever takes it") {
  Descriptor file(::open("/dev/null", O_RDONLY));
  const int number = file.get();
  const PassedDescriptor passed = pass(std::move(file));
  CHECK_FALSE(file);
  CHECK(::fcntl(number, F_GETFD) != -1);
  { const Descriptor taken = take(passed); }
  CHECK(::fcntl(number, F_GETFD) == -1);
  CHECK_FALSE(take(PassedDescriptor::kNone));
}

}  // namespace
}  // namespace gatetorio

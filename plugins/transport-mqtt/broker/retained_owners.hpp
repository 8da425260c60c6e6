// Whose the retained statuses are. The broker keeps a retained message under its topic, and so under a name: whoever
// holds the name later would be taken for its sender. A retained message that is not known here is nobody's and is not
// delivered.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

namespace gatetorio::transport_mqtt {

class RetainedOwners {
 public:
  // A device publishes a retained status, or leaves one as its last will: either may be what the broker keeps.
  enum class From { kPublish = 0, kWill = 1 };
  void keep(std::string_view controller_id, std::int64_t device_id, std::string_view payload, From from);
  bool is_of(std::string_view controller_id, std::int64_t device_id, std::string_view payload) const;
  // Nothing that is retained under this name counts any more. False where nothing was known.
  bool forget(std::string_view controller_id);

  // Beside the broker's own file. Both return false where the file cannot be used; what it would have said is nobody's.
  bool save(const std::string& path);
  bool load(const std::string& path);
  bool has_changed() const { return has_changed_; }  // since the last save

 private:
  struct Kept {
    std::int64_t device_id = 0;
    std::string digest;
  };
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };

  std::unordered_map<std::string, std::array<Kept, 2>, Hash, std::equal_to<>> kept_;  // by controller id, then From
  bool has_changed_ = false;
};

}  // namespace gatetorio::transport_mqtt

// The SQL of sites.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "calendar.hpp"
#include "gatetorio/database.hpp"
#include "gatetorio/grants.hpp"
#include "gatetorio/time_text.hpp"

namespace gatetorio::auth {

inline constexpr std::int64_t kMostDevicesOfSite = 1'000;
inline constexpr std::int64_t kMostUsersOfSite = 500;

struct SiteNameRule {
  static constexpr std::size_t kMin = 1, kMax = 128;
  static constexpr std::string_view kPattern = "";
  static constexpr std::string_view kWords = LabelRule<128>::kWords;
  static constexpr bool valid(std::string_view text) { return LabelRule<128>::valid(text); }
};

struct Site {
  std::int64_t site_id = 0;
  std::string name;
  std::string access_level;  // the caller's
  std::int64_t devices = 0;
  Timestamp created_at;
};
BOOST_DESCRIBE_STRUCT(Site, (), (site_id, name, access_level, devices, created_at))

struct SiteMember {
  std::int64_t user_id = 0;
  std::string name;
  std::string access_level;
  std::optional<Timestamp> expires_at;
  std::optional<Timestamp> valid_from;
  std::optional<Schedule> schedule;
  Timestamp created_at;
  bool is_open = true;  // whether it gives access now
};
BOOST_DESCRIBE_STRUCT(SiteMember, (),
                      (user_id, name, access_level, expires_at, valid_from, schedule, created_at, is_open))

class SiteRepository {
 public:
  explicit SiteRepository(Database& database) : database_(database) {}

  using Users = std::vector<std::int64_t>;  // whose access has changed

  Task<Result<Site>> make(std::string name, std::int64_t owner_id, Call call);
  // Of a user, or of all; those that follow `after`.
  Task<Result<std::vector<Site>>> list(std::optional<std::int64_t> user_id, std::int64_t after, std::int64_t limit);
  // Errors: kNotFound.
  Task<Result<Site>> find(std::int64_t site_id);
  Task<Result<void>> rename(std::int64_t site_id, std::string name, Call call);
  Task<Result<Users>> remove(std::int64_t site_id, Call call);

  Task<Result<std::vector<std::int64_t>>> devices(std::int64_t site_id);
  // Once; again it changes nothing. Errors: kNotFound for the site, kConflict where it is full.
  Task<Result<Users>> add_device(std::int64_t site_id, std::int64_t device_id, Call call);
  // Errors: kNotFound.
  Task<Result<Users>> remove_device(std::int64_t site_id, std::int64_t device_id, Call call);

  Task<Result<std::vector<SiteMember>>> members(std::int64_t site_id);
  // Nothing where it is none.
  Task<Result<std::optional<SiteMember>>> member(std::int64_t site_id, std::int64_t user_id);
  struct Membership {
    std::int64_t site_id = 0;
    std::optional<std::int64_t> user_id;
    std::string token_hash;  // where there is no user_id
    std::string level;
    std::string name;
    GrantTime time;
  };
  // The member. Errors: kNotFound for the site or the user; kConflict.
  Task<Result<std::int64_t>> put_member(Membership membership, Call call);
  // Errors: kNotFound; kConflict for the last owner.
  Task<Result<void>> remove_member(std::int64_t site_id, std::int64_t user_id, Call call);

 private:
  Database& database_;
};

}  // namespace gatetorio::auth

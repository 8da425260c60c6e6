// The rules of sharing: who may offer access, who gets it, and how it is taken back. Knows no HTTP and no SQL.
#pragma once

#include <map>
#include <mutex>
#include <string>

#include "gatetorio/deleted_devices.hpp"
#include "gatetorio/devices.hpp"
#include "gatetorio/grants.hpp"
#include "gatetorio/services.hpp"
#include "guess_limiter.hpp"
#include "repository.hpp"
#include "types.hpp"

namespace gatetorio::sharing {

struct Settings {
  std::string public_url;
  bool page = true;
  bool guest_page = true;
  std::int64_t guesses_per_minute = 10;
  std::int64_t guesses_per_minute_address = 60;
  std::int64_t tokens_keep_days = 180;
  std::int64_t retention_grace_minutes = 60;
};

class Service {
 public:
  Service(Host& host, Jobs& jobs, Repository& repository, ServiceClient& devices, const Settings& settings);

  // Offers access to the call's device.
  Task<Result<CreateOutput>> create(Call call, CreateInput input);
  Task<Result<CreateOutput>> create_as_admin(Call call, AdminCreateInput input);
  // An offer that is listed and taken back together with what came of it. Errors: kInvalid for times that do not fit.
  Task<Result<VisitMade>> create_visit(Call call, VisitInput input);
  Task<Result<VisitsOutput>> list_visits(Call call, ListInput input);
  // Errors: kNotFound.
  Task<Result<void>> end_visit(Call call, VisitRef input);
  // Takes an offer up for the calling user. Errors: kNotFound (no such token), kConflict (used), kGone (expired,
  // revoked, or its owner is none any more), kRateLimited.
  Task<Result<RedeemOutput>> redeem(Call call, RedeemInput input);
  // The offers for the call's device.
  Task<Result<TokensOutput>> list(Call call, ListInput input);
  // The offers for all devices, the newest first.
  Task<Result<AllTokensOutput>> list_all(Call call, AllTokensInput input);
  // Ends an offer, and with revoke_access what came of it; of a visit always both. Repeating changes nothing. Errors:
  // kNotFound, also where it is not the caller's.
  Task<Result<void>> revoke(Call call, RevokeInput input);
  // The QR code of an open token's share_url, as SVG or, where the caller prefers it, PNG. Errors: kNotFound,
  // kConflict, kGone.
  Task<Result<Bytes>> qr(Call call, TokenRef input);

  void device_deleted(DeviceDeleted event);
  // It may not have been told of every device that was deleted: compares its tokens with the registry.
  void deletions_missed() { deleted_devices_.look(); }

 private:
  // Gives the access of a token that was claimed by a hub which then died.
  Task<Result<void>> finish_claim(Job job);
  Task<Result<Device>> device_of(Token token);
  struct Made {
    std::int64_t id = 0;
    std::string secret;
  };
  // Completes the token and offers it.
  Task<Result<Made>> make(Call call, Token token, std::optional<Schedule> schedule);
  Task<Result<void>> end(Call call, Token token, bool take_access);
  Task<Result<Token>> managed(Call call, std::int64_t token_id, std::string admin_role);
  Task<Result<std::string>> share_url(Call call, std::int64_t token_id);
  Task<Result<RedeemOutput>> repeat(Call call, Token token, Device device);
  Task<Result<RedeemOutput>> give(Token token, Device device, OnBehalf by);
  Task<Result<bool>> is_offer_good(Token token);
  Task<Result<bool>> holds(Principal principal, std::int64_t device_id, std::string need);
  Task<void> forget(std::int64_t device_id);
  std::string url_of(const std::string& secret) const;
  void remember(std::int64_t token_id, std::string secret);

  Host& host_;
  Repository& repository_;
  ServiceClient& devices_;
  ServiceClient access_;
  ServiceClient grants_;
  const Settings& settings_;
  GuessLimiter limiter_;
  std::mutex mutex_;  // guards secrets_
  // Of open tokens, as long as this process lives, so that a QR code says what create() said. On disk are only hashes.
  std::map<std::int64_t, std::string> secrets_;
  DeletedDevices deleted_devices_;
};

}  // namespace gatetorio::sharing

// Who may send and fetch files, while it may: at the URL, while the bytes flow, at the end, and when a file is told of.
// File-transfer on real storage and a real folder; rights, registry, broker and address are the test's.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <set>

#include "gatetorio/device_link.hpp"
#include "gatetorio/devices.hpp"
#include "gatetorio/http_endpoint.hpp"
#include "gatetorio/identity.hpp"
#include "support/plugin_rules.hpp"
#include "url_signer.hpp"

namespace gatetorio::file_transfer {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::Ask;
using testing::Moments;
using testing::Outcome;

const Principal kAnna{.kind = "user", .id = 1};
const std::string kContent = "what the file says";

struct FileRules : testing::PluginRules {
  explicit FileRules(const boost::json::object& options = {}, const std::string& data_dir = "")
      : PluginRules(data_dir) {
    host.provide<AccessControl::Check>(AccessControl::kId, [this](AccessQuery query) -> Result<Decision> {
      return Decision{rights.contains(query.principal.kind), {.resource_id = 7, .expires_at_us = rights_end_us}};
    });
    host.provide<DeviceRegistry::FindByIds>(DeviceRegistry::kId, [this](DeviceIds) -> Result<DeviceList> {
      if (!is_there) return DeviceList{};
      return DeviceList{{{.id = 7, .controller_id = "gate", .credentials = credentials}}};
    });
    host.provide<HttpEndpoint::Endpoint>(
        HttpEndpoint::kId, [](HttpEndpointQuery) -> Result<HttpAddress> { return HttpAddress{"https://hub"}; });
    host.provide<DeviceLink::State>(DeviceLink::kId,
                                    [this](LinkQuery) -> Result<LinkState> { return LinkState{is_connected}; });
    const auto publish = [this](Publish message) -> Result<Published> {
      told.push_back(message);
      return Published{};
    };
    host.provide<DeviceLink::PublishCommand>(DeviceLink::kId, publish);
    host.provide<DeviceLink::PublishStatus>(DeviceLink::kId, publish);
    host.load("file-transfer", options);
    host.start();
  }
  ~FileRules() { host.stop(); }  // until then it asks members of this

  static Ask announcing(std::int64_t size, const Principal& who = kAnna) {
    return {.principal = who,
            .body = {{"controller_id", "gate"}, {"name", "a.txt"}, {"kind", "other"}, {"size", size}},
            .access = {.resource_id = 7, .resource = "gate", .level = "engineer"}};
  }
  std::string upload_url(const Principal& who = kAnna) {
    return host.invoke("file-transfer.create", announcing(static_cast<std::int64_t>(kContent.size()), who))
        .word("upload_url");
  }
  // A call by whoever holds this URL.
  static Ask by_url(std::string_view url) {
    Ask ask;
    const auto query = url.find('?');
    const auto id = url.rfind('/', query) + 1;
    ask.params["file_id"] = url.substr(id, query - id);
    for (std::string_view rest = url.substr(query + 1); !rest.empty();) {
      const std::string_view pair = rest.substr(0, rest.find('&'));
      ask.params[std::string(pair.substr(0, pair.find('=')))] = pair.substr(pair.find('=') + 1);
      rest.remove_prefix(std::min(rest.size(), pair.size() + 1));
    }
    return ask;
  }
  static Ask putting(std::string_view url, testing::AskedBody body = {kContent}) {
    Ask ask = by_url(url);
    ask.stream = std::move(body);
    return ask;
  }
  Outcome put(std::string_view url) { return host.invoke("file-transfer.upload", putting(url)); }
  Ask about(std::int64_t file_id = 1) {
    return {.principal = kAnna,
            .body = {{"controller_id", "gate"}, {"file_id", file_id}},
            .access = {.resource_id = 7, .resource = "gate", .level = "engineer"}};
  }
  std::string download_url() { return host.invoke("file-transfer.get", about()).word("download_url"); }
  Outcome download(std::string_view url) { return host.invoke("file-transfer.download", by_url(url)); }
  // Begins an upload whose bytes wait.
  testing::Pending<Outcome> flow(std::string_view url) {
    auto flowing = host.begin("file-transfer.upload", putting(url, {.bytes = kContent, .waits = true}));
    host.run_until([this] { return host.held() == 1; });
    return flowing;
  }
  void lose_right() {
    rights.erase("user");
    host.publish(AccessChanged{"user", 1}, "user:1");
  }
  std::int64_t complete() { return count("SELECT COUNT(*) FROM files WHERE state = 'complete'"); }
  std::int64_t files() { return count("SELECT COUNT(*) FROM files"); }

  std::set<std::string> rights{"user", "device"};
  std::int64_t rights_end_us = 0;
  bool is_there = true;
  bool is_connected = true;
  std::string credentials = "first";
  std::vector<Publish> told;
};

}  // namespace

TEST_CASE_METHOD(FileRules, "what is uploaded is what is downloaded, and its device is told") {
  CHECK(put(upload_url()).status == Status::kNoContent);
  CHECK(download(download_url()).text == kContent);
  host.run();
  REQUIRE(told.size() == 1);
  CHECK(told[0].device_id == 7);
}

TEST_CASE_METHOD(FileRules, "a URL is worth what its holder is") {
  const std::string upload = upload_url();
  rights.erase("user");
  CHECK(put(upload).status == Status::kForbidden);
  for (const char* what : {"file-transfer.upload-progress", "file-transfer.upload-terminate"}) {
    Ask asking = by_url(upload);
    asking.params["tus_resumable"] = "1.0.0";
    CHECK(host.invoke(what, asking).status == Status::kForbidden);
  }
  rights.insert("user");
  CHECK(put(upload).is_ok());
  const std::string url = download_url();
  CHECK(download(url).is_ok());
  rights.erase("user");
  CHECK(download(url).status == Status::kForbidden);
}

TEST_CASE_METHOD(FileRules, "a URL opens one file, in one direction, for one holder, until its end") {
  const std::string upload = upload_url();
  CHECK(download(upload).status == Status::kForbidden);
  for (const char* name : {"file_id", "holder", "expires", "key", "signature"}) {
    Ask other = putting(upload);
    other.params[name] = name == std::string("holder") ? "user-2" : "2";
    CHECK(host.invoke("file-transfer.upload", other).status == Status::kForbidden);
  }
  CHECK(put(upload).is_ok());
  const std::string url = download_url();
  host.leap(minutes(60) - seconds(1));
  CHECK(download(url).is_ok());
  host.leap(seconds(1));
  CHECK(download(url).status == Status::kForbidden);
}

// A URL that another hub signs with a key that it has just made: 1,000 + `number`.
std::string foreign_url(FileRules& rules, int number, bool is_written = true) {
  const std::string secret = "secret-" + std::to_string(number);
  const std::int64_t key = 1'000 + number;
  if (is_written) {
    rules.query("INSERT INTO file_url_keys (id, secret, created_at) VALUES ($1, $2, $3)", key, sql::Blob{secret},
                rules.host.now());
  }
  UrlSigner other;
  other.set_keys({{key, {secret, {1}}}});
  return other.sign(Direction::kDownload, {1, {{"user", 1}, {}}, {rules.host.now().us + 60 * kMicrosecondsPerSecond}});
}

TEST_CASE_METHOD(FileRules, "a URL of a key that another hub has just made is good at once") {
  CHECK(put(upload_url()).is_ok());
  CHECK(download(foreign_url(*this, 1)).is_ok());
  host.advance(seconds(1));
  CHECK(download(foreign_url(*this, 2)).is_ok());
  CHECK(download(foreign_url(*this, 1, false)).is_ok());
  host.advance(seconds(1));
  CHECK(download(foreign_url(*this, 3, false)).status == Status::kForbidden);
}

TEST_CASE_METHOD(FileRules, "all who come with new keys while these are read wait for that") {
  CHECK(put(upload_url()).is_ok());
  const std::string url = foreign_url(*this, 1), other = foreign_url(*this, 2);
  host.hold(sql::kServiceId, "SELECT id, secret, created_at FROM file_url_keys");
  auto first = host.begin("file-transfer.download", by_url(url));
  auto second = host.begin("file-transfer.download", by_url(other));
  host.run_until([this] { return host.held() == 1; });
  host.run();
  host.release();
  CHECK(first.take().is_ok());
  CHECK(second.take().is_ok());
}

TEST_CASE_METHOD(FileRules, "made up keys have the database read at most once a second") {
  CHECK(put(upload_url()).is_ok());
  host.fail(sql::kServiceId, {.status = Status::kUnavailable}, "SELECT id, secret, created_at FROM file_url_keys", 2);
  for (int i = 0; i < 50; ++i) CHECK(download(foreign_url(*this, i, false)).status == Status::kForbidden);
  CHECK(host.faults_left() == 1);
  host.advance(seconds(1));
  for (int i = 0; i < 50; ++i) CHECK(download(foreign_url(*this, i, false)).status == Status::kForbidden);
  CHECK(host.faults_left() == 0);
}

TEST_CASE_METHOD(FileRules, "a device that gets other credentials loses the URLs of the old ones") {
  const std::string url = upload_url({.kind = "device", .id = 7});
  credentials = "second";
  CHECK(put(url).status == Status::kForbidden);
  auto flowing = flow(upload_url({.kind = "device", .id = 7}));
  credentials = "third";
  host.publish(AccessChanged{"device", 7}, "device:7");
  CHECK(flowing.take().was_cut);
}

TEST_CASE_METHOD(FileRules, "who loses the right while the bytes flow is cut off, and the file is not there") {
  auto flowing = flow(upload_url());
  lose_right();
  const Outcome outcome = flowing.take();
  CHECK(outcome.was_cut);
  CHECK(outcome.status == Status::kForbidden);
  CHECK(complete() == 0);
  CHECK(told.empty());
}

TEST_CASE_METHOD(FileRules, "where the news of a lost right was lost the next ones cut, or half a minute") {
  for (const bool has_news : {true, false}) {
    rights.insert("user");
    auto flowing = flow(upload_url());
    host.lose_events(1);
    lose_right();
    host.run();
    CHECK_FALSE(flowing.is_done());
    if (has_news) host.publish(AccessChanged{"user", 99}, "user:99");
    if (!has_news) host.advance(seconds(31));
    CHECK(flowing.take().was_cut);
  }
}

TEST_CASE_METHOD(FileRules, "bytes stop when the access of their holder ends, and when it cannot be checked") {
  rights_end_us = host.now().us + 10 * kMicrosecondsPerSecond;
  auto ending = flow(upload_url());
  host.advance(seconds(9));
  CHECK_FALSE(ending.is_done());
  host.advance(seconds(2));
  CHECK(ending.take().was_cut);
  rights_end_us = 0;
  auto unchecked = flow(upload_url());
  host.set_available(AccessControl::kId, false);
  host.publish(AccessChanged{"user", 1}, "user:1");
  CHECK(unchecked.take().was_cut);
}

TEST_CASE_METHOD(FileRules, "a deleted device's transfers are cut, whoever holds them") {
  auto flowing = flow(upload_url());
  is_there = false;
  host.publish(DeviceDeleted{7, "gate"}, "7");
  CHECK(flowing.take().was_cut);
}

TEST_CASE("a right that is lost at any moment of an upload leaves no file that its device is told of") {
  for (Moments moments; moments.next();) {
    INFO(moments.number());
    FileRules rules;
    const std::string url = rules.upload_url();
    rules.is_connected = false;
    auto uploading = moments.begin(rules.host, "file-transfer.upload", rules.putting(url));
    rules.lose_right();
    rules.host.run();
    rules.host.release();
    uploading.take();
    rules.is_connected = true;
    rules.host.publish(DevicePresence{7, true, rules.host.now().us, 0}, "7");
    rules.host.advance(seconds(10));
    CHECK(rules.told.empty());
  }
}

TEST_CASE_METHOD(FileRules, "a device that was away is told when it comes, once, and not for whom has lost the right") {
  is_connected = false;
  put(upload_url());
  host.advance(seconds(10));
  CHECK(told.empty());
  is_connected = true;
  for (int i = 0; i < 2; ++i) {
    host.publish(DevicePresence{7, true, host.now().us, 0}, "7");
    host.advance(seconds(10));
    CHECK(told.size() == 1);
  }
  is_connected = false;
  put(upload_url());
  lose_right();
  is_connected = true;
  host.publish(DevicePresence{7, true, host.now().us, 0}, "7");
  host.advance(seconds(10));
  CHECK(told.size() == 1);
  CHECK(host.has_logged("a file is not announced"));
}

TEST_CASE_METHOD(FileRules, "a device that does not listen yet is told as soon as it does, and once") {
  host.fail(DeviceLink::kId, {.status = Status::kUnavailable}, "file_available", 3);
  put(upload_url());
  host.advance(seconds(1));
  CHECK(told.empty());
  host.advance(seconds(2));
  CHECK(told.size() == 1);
  host.advance(hours(2));
  CHECK(told.size() == 1);
  CHECK(count("SELECT COUNT(*) FROM gatetorio_jobs") == 0);
}

TEST_CASE("an announcement that a hub did not come to is made at the next start, also where an older hub left it") {
  for (const bool is_of_older_hub : {false, true}) {
    const testing::TemporaryFolder folder;
    {
      FileRules rules({}, folder.path());
      rules.host.set_available(DeviceLink::kId, false);
      CHECK(rules.put(rules.upload_url()).is_ok());
      CHECK(rules.count("SELECT COUNT(*) FROM gatetorio_jobs WHERE kind = 'announce' AND key = '7'") == 1);
      if (is_of_older_hub) rules.query("DELETE FROM gatetorio_jobs");
    }
    FileRules again({}, folder.path());
    again.host.advance(seconds(20));
    CHECK(again.told.size() == 1);
    CHECK(again.count("SELECT COUNT(*) FROM gatetorio_jobs") == 0);
  }
}

TEST_CASE_METHOD(FileRules, "a device that came while news were lost is told at the next look at all") {
  is_connected = false;
  put(upload_url());
  host.advance(seconds(10));
  is_connected = true;
  host.advance(hours(1) + minutes(10));
  CHECK(told.size() == 1);
}

TEST_CASE_METHOD(FileRules, "one writes a file at a time") {
  const std::string url = upload_url();
  auto flowing = flow(url);
  CHECK(put(url).status == Status::kConflict);
  host.release();
  CHECK(flowing.take().is_ok());
  CHECK(put(url).status == Status::kConflict);
}

TEST_CASE_METHOD(FileRules, "of a body that broke off what came stays, and the upload goes on from there") {
  const std::string url = upload_url();
  Ask first = putting(url, {.bytes = kContent.substr(0, 5), .breaks_off = true});
  first.params["tus_resumable"] = "1.0.0";
  first.params["upload_offset"] = "0";
  CHECK_FALSE(host.invoke("file-transfer.upload-append", first).is_ok());
  Ask asking = by_url(url);
  asking.params["tus_resumable"] = "1.0.0";
  CHECK(host.invoke("file-transfer.upload-progress", asking).headers.at("Upload-Offset") == "5");
  Ask rest = putting(url, {kContent.substr(5)});
  rest.params["tus_resumable"] = "1.0.0";
  rest.params["upload_offset"] = "5";
  CHECK(host.invoke("file-transfer.upload-append", rest).is_ok());
  CHECK(download(download_url()).text == kContent);
}

TEST_CASE("of two uploads that do not both have room one is refused, whoever comes in between") {
  constexpr std::int64_t kMib = 1 << 20;
  for (Moments moments; moments.next();) {
    INFO(moments.number());
    FileRules rules({{"max_device_mib", 10}});
    auto first = moments.begin(rules.host, "file-transfer.create", rules.announcing(6 * kMib));
    const Outcome second = rules.host.invoke("file-transfer.create", rules.announcing(6 * kMib));
    rules.host.release();
    const Outcome outcome = first.take();
    CHECK(outcome.is_ok() != second.is_ok());
    CHECK((outcome.is_ok() ? second : outcome).status == Status::kFull);
    CHECK(rules.files() == 1);
  }
}

TEST_CASE_METHOD(FileRules, "a completion whose commit's answer was lost is one file, told of once") {
  const std::string url = upload_url();
  host.lose_answer(sql::kServiceId, "UPDATE files SET state = 'complete'");
  CHECK_FALSE(put(url).is_ok());
  CHECK(host.faults_left() == 0);
  CHECK(complete() == 1);
  CHECK(download(download_url()).text == kContent);
}

TEST_CASE_METHOD(FileRules, "a clock that is wrong for a while deletes no file and no upload") {
  put(upload_url());
  upload_url();
  host.set_clock(hours(24 * 730));
  for (int i = 0; i < 20; ++i) host.leap(minutes(1));
  host.set_clock(-hours(24 * 730));
  for (int i = 0; i < 5; ++i) host.leap(minutes(1));
  CHECK(files() == 2);
  CHECK(download(download_url()).text == kContent);
}

}  // namespace gatetorio::file_transfer

// GET /bench/trivial: an answer without work, to measure the way through transport, C ABI and coroutine layer.
#include "gatetorio/operations.hpp"
#include "gatetorio/plugin.hpp"

namespace gatetorio::bench_trivial {

struct Answer {
  std::string status = "ok";
  std::int64_t number = 42;
};
BOOST_DESCRIBE_STRUCT(Answer, (), (status, number))

class Trivial : public PluginBase {
 public:
  struct Settings {};
  static const Manifest kManifest;
  static const OptionTable<Settings>& options() {
    static const OptionTable<Settings> table = {};
    return table;
  }
  Trivial(Host& host, Settings) : operations_(host, this) {}
  void configure() {
    operations_.add({.id = "bench.trivial",
                     .method = "GET",
                     .path = "/bench/trivial",
                     .summary = "Nothing.",
                     .callers = {{"anyone"}}},
                    &Trivial::answer);
  }

 private:
  Task<Result<Reply<Answer>>> answer(Call, Nothing) { co_return Reply<Answer>(Answer{}); }
  OperationSet<Trivial> operations_;
};

const Manifest Trivial::kManifest{.id = "bench-trivial",
                                  .version = "1.0.0",
                                  .summary = "An operation that does nothing.",
                                  .affinity = Affinity::kAnyThread};

}  // namespace gatetorio::bench_trivial

GATETORIO_PLUGIN(gatetorio::bench_trivial::Trivial)

// hello: the smallest useful plugin. Copy this folder, and put your own id where "hello" stands.
#include "gatetorio/plugin.hpp"

#include "gatetorio/identifiers.hpp"
#include "gatetorio/operations.hpp"

namespace gatetorio::hello {

// [plugins.hello] in the configuration. The values here are the defaults.
struct Settings {
  std::string greeting = "Hello";
};

// What the operation takes and gives, as JSON outside. A member is required unless it is std::optional.
struct HelloInput {
  Label<64> name;
};
BOOST_DESCRIBE_STRUCT(HelloInput, (), (name))

struct HelloOutput {
  std::string text;
};
BOOST_DESCRIBE_STRUCT(HelloOutput, (), (text))

class Hello : public PluginBase {
 public:
  using Settings = hello::Settings;
  static const Manifest kManifest;
  static const OptionTable<Settings>& options();

  Hello(Host& host, Settings settings) : settings_(std::move(settings)), operations_(host, this) {}

  void configure() {
    operations_.add({.id = "hello.greet",
                     .method = "GET",
                     .path = "/hello/{name}",
                     .summary = "Greet somebody.",
                     .callers = {{"anyone"}}},
                    &Hello::greet);
  }

 private:
  Task<Result<Reply<HelloOutput>>> greet(Call, HelloInput input) {
    if (input.name.value == "nobody") co_return Error{.status = Status::kNotFound, .detail = "There is nobody."};
    co_return Reply<HelloOutput>(HelloOutput{settings_.greeting + ", " + input.name.value + "!"});
  }

  const Settings settings_;
  OperationSet<Hello> operations_;
};

const Manifest Hello::kManifest{.id = "hello", .version = "1.0.0", .summary = "Greets."};

const OptionTable<Settings>& Hello::options() {
  static const OptionTable<Settings> table = {option("greeting", &Settings::greeting, "The word before the name.")};
  return table;
}

}  // namespace gatetorio::hello

GATETORIO_PLUGIN(gatetorio::hello::Hello)

#include "platform_fixture.hpp"

#include <utility>

namespace gatetorio::core::test {

namespace {

void wire(Plugin& plugin, Platform& platform, std::string id, bool serial) {
  plugin.id = std::move(id);
  plugin.version = "1.0.0";
  plugin.lane = &platform.executor.make_lane(serial, plugin.id);
  plugin.host.size = sizeof(gtr_host);
  plugin.host.get_interface = &host_interface;
  plugin.host.plugin = &plugin;
  plugin.host.platform = &platform;
  plugin.state = PluginState::kStarted;
  platform.bus.open(*plugin.lane);
}

}  // namespace

FakePlugin::FakePlugin(Platform& platform, std::string id, bool serial, std::vector<const char*> provided)
    : provides(std::move(provided)) {
  provides.push_back(nullptr);
  descriptor.size = sizeof descriptor;
  descriptor.summary = "A fake.";
  descriptor.provides = provides.data();
  plugin.descriptor = &descriptor;
  wire(plugin, platform, std::move(id), serial);
}

FakePlugin::~FakePlugin() = default;

PlatformFixture::PlatformFixture() {
  wire(self_, platform, "hub", false);
  host_ = std::make_unique<Host>(&self_.host);
  platform.operations.set_host(*host_, *self_.lane);
}

PlatformFixture::~PlatformFixture() { end(); }

void PlatformFixture::end() {
  platform.operations.cancel_all();
  platform.services.cancel_all();
  platform.executor.join(kPatience);
}

FakePlugin& PlatformFixture::plugin(const std::string& id, bool serial, std::vector<const char*> provides) {
  return *plugins_.emplace_back(std::make_unique<FakePlugin>(platform, id, serial, std::move(provides)));
}

void PlatformFixture::on_lane(FakePlugin& plugin, const std::function<void()>& work) {
  Inbox<bool> done;
  plugin.plugin.lane->post([&] {
    work();
    done.put(true);
  });
  done.take();
}

}  // namespace gatetorio::core::test

// The two kinds of lane on a run queue; for the executor alone.
#pragma once

#include <memory>
#include <string>

#include "core/runtime/executor.hpp"
#include "core/runtime/run_queue.hpp"

namespace gatetorio::core {

// `queue` and `on_fault` outlive the lane.
std::unique_ptr<Lane> make_serial_lane(RunQueue& queue, std::string name, const TaskFault& on_fault);
std::unique_ptr<Lane> make_open_lane(RunQueue& queue, std::string name, const TaskFault& on_fault);

}  // namespace gatetorio::core

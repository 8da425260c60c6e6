// What the operating system says about this process, under Prometheus' standard names, and about the hub's disk.
#pragma once

#include <prometheus/metric_family.h>

#include <string>
#include <vector>

namespace gatetorio::core {

// process_cpu_seconds_total, process_open_fds, process_max_fds, process_resident_memory_bytes,
// process_virtual_memory_bytes, process_start_time_seconds, process_threads. Reads /proc; one that cannot be read is
// left out. With the folder of the hub's data gatetorio_disk_size_bytes and gatetorio_disk_available_bytes (to the
// hub's user) of the file system that it is on. Any thread.
std::vector<prometheus::MetricFamily> process_metrics(const std::string& data_dir);

}  // namespace gatetorio::core

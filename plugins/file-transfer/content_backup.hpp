// The folder of blobs in a backup. Whole content never changes, so it is linked where that is possible, else copied.
#pragma once

#include <filesystem>

#include "gatetorio/result.hpp"

namespace gatetorio::file_transfer {

// Brings what is whole in `blobs` and is not in `to` there, and with `parts` what is still being uploaded, as far as it
// has come. Makes `to` (mode 0700). Content that goes meanwhile is left out: its file was deleted. On the disk when it
// returns. Blocks. Errors: kFull, kUnavailable.
Result<void> copy_content(const std::filesystem::path& blobs, const std::filesystem::path& to, bool parts);

// Brings what is in the backup `from` and missing in `blobs`, or has another size there, back; removes nothing. Blocks.
// Errors: as above.
Result<void> bring_content_back(const std::filesystem::path& from, const std::filesystem::path& blobs);

}  // namespace gatetorio::file_transfer

// Labels of a member ("role=worker") inside the metadata field, in one canonical form: sorted by
// key, so that equal labels are equal bytes.
//
//   metadata = nothing, or count(u8, not 0) { key(u8 string) value(u8 string) } …
#pragma once

#include <map>
#include <string>

#include "core/base/bytes.hpp"
#include "core/base/error.hpp"

namespace swim::wire {

using Labels = std::map<std::string, std::string, std::less<>>;

// Errors: too_large (more than limits::metadata_bytes_max, 255 labels, or a key or value over 255
// bytes), invalid_argument (an empty key, or a key with a character outside [A-Za-z0-9._/-]).
Expected<ByteVector> encode_labels(const Labels& labels);

// Total: metadata that is not in this form (another implementation's) gives malformed.
Expected<Labels> decode_labels(Bytes metadata);

}  // namespace swim::wire

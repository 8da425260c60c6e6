// The byte encoding of service requests and replies: described structs (BOOST_DESCRIBE_STRUCT), field after field.
//
//   integer, enum    8 bytes, little-endian two's complement      bool       1 byte, 0 or 1
//   double           8 bytes, IEEE 754, little-endian             string     u32 size, bytes
//   optional         1 byte presence, value                       vector     u32 count, values
//   struct           u32 size of what follows, fields in the order of their description
//
// A struct may grow at its end: a reader skips fields that it does not know and keeps the default of those that are not
// there. decode() returns false on bytes that do not fit, a number that its type cannot hold among them; it never reads
// outside them.
#pragma once

#include <boost/describe.hpp>
#include <boost/mp11.hpp>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace gatetorio::wire {

template <class T>
inline constexpr bool kIsStruct =
    boost::describe::has_describe_members<T>::value && !std::is_union_v<T> && std::is_class_v<T>;
template <class T>
inline constexpr bool kIsVector = false;
template <class T>
inline constexpr bool kIsVector<std::vector<T>> = true;
template <class T>
inline constexpr bool kIsOptional = false;
template <class T>
inline constexpr bool kIsOptional<std::optional<T>> = true;

template <class T>
using Members = boost::describe::describe_members<T, boost::describe::mod_public>;

// Bytes that a value has at least, so that a count which lies takes no memory.
template <class T>
inline constexpr std::size_t kLeastBytes = std::is_same_v<T, bool> || kIsOptional<T>      ? 1
                                           : std::is_arithmetic_v<T> || std::is_enum_v<T> ? 8
                                                                                          : 4;

class Writer {
 public:
  explicit Writer(std::string& out) : out_(out) {}

  void u32(std::uint32_t value) { raw(&value, sizeof value); }
  void raw(const void* data, std::size_t size) { out_.append(static_cast<const char*>(data), size); }

  template <class T>
  void value(const T& v) {
    if constexpr (std::is_same_v<T, bool>) {
      out_.push_back(v ? 1 : 0);
    } else if constexpr (std::is_integral_v<T> || std::is_enum_v<T>) {
      const auto wide = static_cast<std::int64_t>(v);
      raw(&wide, sizeof wide);
    } else if constexpr (std::is_same_v<T, double>) {
      raw(&v, sizeof v);
    } else if constexpr (std::is_same_v<T, std::string>) {
      u32(static_cast<std::uint32_t>(v.size()));
      raw(v.data(), v.size());
    } else if constexpr (kIsOptional<T>) {
      out_.push_back(v ? 1 : 0);
      if (v) value(*v);
    } else if constexpr (kIsVector<T>) {
      u32(static_cast<std::uint32_t>(v.size()));
      for (const auto& element : v) value(element);
    } else {
      static_assert(kIsStruct<T>, "describe the struct with BOOST_DESCRIBE_STRUCT");
      const std::size_t start = out_.size();
      u32(0);
      boost::mp11::mp_for_each<Members<T>>([&](auto member) { value(v.*member.pointer); });
      const auto size = static_cast<std::uint32_t>(out_.size() - start - sizeof(std::uint32_t));
      std::memcpy(out_.data() + start, &size, sizeof size);
    }
  }

 private:
  std::string& out_;
};

class Reader {
 public:
  explicit Reader(std::string_view in) : in_(in) {}

  bool at_end() const { return in_.empty(); }
  bool raw(void* out, std::size_t size) {
    if (in_.size() < size) return false;
    std::memcpy(out, in_.data(), size);
    in_.remove_prefix(size);
    return true;
  }
  bool u32(std::uint32_t& out) { return raw(&out, sizeof out); }
  bool view(std::string_view& out) {
    std::uint32_t size = 0;
    if (!u32(size) || in_.size() < size) return false;
    out = in_.substr(0, size);
    in_.remove_prefix(size);
    return true;
  }

  template <class T>
  bool value(T& v) {
    if constexpr (std::is_same_v<T, bool>) {
      std::uint8_t byte = 0;
      if (!raw(&byte, 1) || byte > 1) return false;
      v = byte == 1;
      return true;
    } else if constexpr (std::is_integral_v<T> || std::is_enum_v<T>) {
      std::int64_t wide = 0;
      if (!raw(&wide, sizeof wide)) return false;
      v = static_cast<T>(wide);
      return static_cast<std::int64_t>(v) == wide;
    } else if constexpr (std::is_same_v<T, double>) {
      return raw(&v, sizeof v);
    } else if constexpr (std::is_same_v<T, std::string>) {
      std::string_view bytes;
      if (!view(bytes)) return false;
      v.assign(bytes);
      return true;
    } else if constexpr (kIsOptional<T>) {
      bool present = false;
      if (!value(present)) return false;
      if (!present) {
        v.reset();
        return true;
      }
      return value(v.emplace());
    } else if constexpr (kIsVector<T>) {
      return elements(v);
    } else {
      static_assert(kIsStruct<T>, "describe the struct with BOOST_DESCRIBE_STRUCT");
      std::string_view bytes;
      if (!view(bytes)) return false;
      Reader inner(bytes);
      bool ok = true;
      boost::mp11::mp_for_each<Members<T>>([&](auto member) {
        if (ok && !inner.at_end()) ok = inner.value(v.*member.pointer);
      });
      return ok;
    }
  }

 private:
  template <class T>
  bool elements(std::vector<T>& v) {
    std::uint32_t count = 0;
    if (!u32(count) || count > in_.size() / kLeastBytes<T>) return false;
    v.clear();
    v.reserve(count);
    for (std::uint32_t i = 0; i < count; ++i) {
      if (!value(v.emplace_back())) return false;
    }
    return true;
  }

  std::string_view in_;
};

template <class T>
std::string encode(const T& value) {
  std::string out;
  Writer(out).value(value);
  return out;
}

template <class T>
bool decode(std::string_view bytes, T& value) {
  return Reader(bytes).value(value);
}

}  // namespace gatetorio::wire

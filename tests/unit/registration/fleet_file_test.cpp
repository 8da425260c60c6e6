// The file of a fleet: whatever spreadsheets write is read, and what is wrong is said by line and column.
#include "fleet_file.hpp"

#include <catch2/catch_test_macros.hpp>

#include "csv_reader.hpp"

namespace gatetorio::registration {
namespace {

// "hw=gate=name" of each line, where the file is right.
std::string devices(std::string_view text) {
  const FleetFile file = read_fleet(text);
  std::string out;
  for (const FleetLine& line : file.lines) {
    out +=
        (out.empty() ? "" : " ") + line.hardware_id + "=" + line.controller_id.value_or("-") + "=" + line.device_name;
  }
  for (const FieldError& error : file.errors) out += " !" + error.pointer + " " + error.detail;
  return out;
}

// What is wrong, each on a line of its own.
std::string faults(std::string_view text) {
  std::string out;
  for (const FieldError& error : read_fleet(text).errors) out += error.pointer + ": " + error.detail + "\n";
  return out;
}

TEST_CASE("columns come in any order, and all but hardware_id may be left out") {
  CHECK(devices("hardware_id,controller_id,device_name\nhw-1,gate-1,North\n") == "hw-1=gate-1=North");
  CHECK(devices("device_name,hardware_id,controller_id\nNorth,hw-1,gate-1\n") == "hw-1=gate-1=North");
  CHECK(devices("hardware_id\nhw-1\nhw-2") == "hw-1=-= hw-2=-=");
  CHECK(devices("controller_id,hardware_id\n,hw-1\n") == "hw-1=-=");
  CHECK(devices("Hardware ID,Device-Name\nhw-1,North\n") == "hw-1=-=North");
}

TEST_CASE("what spreadsheets and editors of all kinds write is read") {
  const std::string wanted = "hw-1=gate-1=Nörd";
  for (const char* text : {"\xef\xbb\xbfhardware_id,controller_id,device_name\nhw-1,gate-1,Nörd\n",
                           "hardware_id;controller_id;device_name\r\nhw-1;gate-1;Nörd\r\n",
                           "hardware_id\tcontroller_id\tdevice_name\rhw-1\tgate-1\tNörd\r",
                           "sep=;\r\nhardware_id;controller_id;device_name\r\nhw-1;gate-1;Nörd\r\n",
                           "\n\nhardware_id,controller_id,device_name\n\n ,,\nhw-1,gate-1,Nörd\n,,\n\n",
                           "hardware_id,controller_id,device_name,,\nhw-1,gate-1,Nörd,,\n",
                           "hardware_id,controller_id,device_name\nhw-1,gate-1,Nörd,,,\n",
                           "\"hardware_id\",\"controller_id\",\"device_name\"\n\"hw-1\",\"gate-1\",\"Nörd\"\n",
                           " hardware_id , \"controller_id\" ,device_name\n hw-1 , \"gate-1\" , Nörd \n"}) {
    CAPTURE(text);
    CHECK(devices(text) == wanted);
  }
  CHECK(devices("hardware_id,device_name\nhw-1,\"a, \"\"b\"\"; c\"\n") == "hw-1=-=a, \"b\"; c");
  CHECK(devices("hardware_id,device_name\nhw-1,6\" pipe\n") == "hw-1=-=6\" pipe");
  CHECK(devices("hardware_id\tdevice_name\tcontroller_id\nhw-1\t\t\"gate-1\"\n") == "hw-1=gate-1=");
}

TEST_CASE("what is wrong with the first line is said by column") {
  CHECK(faults("") ==
        "/lines/1: the file is empty: its first line names the columns, of which hardware_id must be one\n");
  CHECK(faults("\n \n").find("the file is empty") != std::string::npos);
  CHECK(faults("hardware_id\n") == "/lines/1: is the only line: below it each line is a device\n");
  CHECK(faults("controller_id\ngate\n") == "/lines/1: there must be a column hardware_id\n");
  CHECK(faults("hw-1,gate-1\n").find("/lines/1: column 1 \"hw-1\" is not known; known are hardware_id") == 0);
  CHECK(faults("hardware_id,serial,colour\nhw,1,red\n") ==
        "/lines/1: column 2 \"serial\" is not known; known are hardware_id, controller_id and device_name\n"
        "/lines/1: column 3 \"colour\" is not known; known are hardware_id, controller_id and device_name\n");
  CHECK(faults("hardware_id,,device_name\nhw,1,red\n").find("column 2 has no name") != std::string::npos);
  CHECK(faults("hardware_id,Hardware-ID\nhw,hw\n") == "/lines/1/hardware_id: column 2 has the same name as column 1\n");
  CHECK(faults("hardware_id,n\xf6\nhw,1\n").find("column 2 is not UTF-8") != std::string::npos);
  CHECK(faults("hardware_id,a\x1b[31m\nhw,1\n").find("\x1b") == std::string::npos);
  CHECK(faults(std::string_view("\xff\xfeh\0w\0\n\0", 8)).find("is not UTF-8") != std::string::npos);
}

TEST_CASE("what is wrong with a line is said by line and column, and all of it at once") {
  const std::string head = "hardware_id,controller_id,device_name\n";
  CHECK(faults(head + "hw 1,gate-1,\nhw-2,-gate,\n") ==
        "/lines/2/hardware_id: must be 1 to 64 characters: letters, digits and : . _ -\n"
        "/lines/3/controller_id: must be 1 to 64 characters: letters, digits, _ and -, the first a letter or digit\n");
  CHECK(faults(head + ",gate-1,North\n").starts_with("/lines/2/hardware_id: must be 1 to 64"));
  CHECK(faults(head + std::string(65, 'h') + ",,\n").starts_with("/lines/2/hardware_id: must be 1 to 64"));
  CHECK(faults(head + std::string(64, 'h') + ",,\n").empty());
  CHECK(faults(head + "hw-1,," + std::string(129, 'n') + "\n").starts_with("/lines/2/device_name: must be 0 to 128"));
  CHECK(faults(head + "hw-1,gate-1\n") == "/lines/2: has 2 columns, the first line has 3\n");
  CHECK(faults(head + "hw-1,gate-1,a,b\n") == "/lines/2: has 4 columns, the first line has 3\n");
  CHECK(faults(head + "hw-1,,caf\xe9\n") == "/lines/2/device_name: is not UTF-8: save the file as CSV in UTF-8\n");
  CHECK(faults(head + "hw-1,,a\nhw-2,,a\nhw-1,,b\n") == "/lines/4/hardware_id: is in line 2, too\n");
  CHECK(faults(head + "hw-1,g,\nhw-2,g,\n") == "/lines/3/controller_id: is in line 2, too\n");
  CHECK(faults(head + "hw-1,,\"a\"b\nhw 2,,\n")
            .starts_with("/lines/2/device_name: has text behind its closing quote\n/lines/3/"));
  CHECK(faults(head + "hw-1,,\"a\nhw-2,,b\n") == "/lines/2/device_name: begins with a quote that is not closed\n");
}

TEST_CASE("a quoted line end belongs to its field, and lines are counted as an editor counts them") {
  for (const char* end : {"\n", "\r\n", "\r"}) {
    CAPTURE(std::string(end).size());
    const std::string nl = end;
    const std::string text = "hardware_id,device_name" + nl + "hw-1,\"two" + nl + "lines\"" + nl + "hw 2,x" + nl;
    CHECK(faults(text) ==
          "/lines/2/device_name: must be 0 to 128 characters: text without control or hidden characters\n"
          "/lines/4/hardware_id: must be 1 to 64 characters: letters, digits and : . _ -\n");
  }
  CsvReader reader("a,\"x\r\ny\"\r\n\r\nb,c");
  const auto first = reader.next(), second = reader.next();
  REQUIRE(first);
  CHECK(first->fields == std::vector<std::string>{"a", "x\r\ny"});
  REQUIRE(second);
  CHECK(second->line == 4);
  CHECK_FALSE(reader.next());
}

TEST_CASE("a file has so many devices and no more") {
  std::string text = "hardware_id\n";
  for (std::size_t i = 0; i < kMostFleetLines; ++i) text += "hw-" + std::to_string(i) + "\n";
  CHECK(read_fleet(text).errors.empty());
  CHECK(read_fleet(text).lines.size() == kMostFleetLines);
  text += "one-more\nand-another\n";
  CHECK(faults(text) == "/lines/10002: is more than the 10000 devices that one file may have\n");
}

TEST_CASE("any bytes are read to their end") {
  for (const std::string_view text :
       {std::string_view("\""), std::string_view("\"\"\""), std::string_view("\0\0\n\"", 4), std::string_view("sep="),
        std::string_view("sep=;"), std::string_view("\xef\xbb"), std::string_view("\r"), std::string_view(",\"\r\n")}) {
    CHECK_FALSE(read_fleet(text).errors.empty());
  }
}

}  // namespace
}  // namespace gatetorio::registration

import CloudEvents
import EventLog
import NIOCore
import Testing

@testable import RouterAPI

struct JSONWriterTests {
    @Test func commasGoBetweenMembersAndElements() {
        var json = JSONWriter()
        json.object { json in
            json.member("text", "a\"\\\n\u{1}é")
            json.object("empty") { _ in }
            json.array("list") { json in
                json.element("x")
                json.object { json in json.member("flag", true) }
                json.array { _ in }
            }
            json.members(of: Array("{}".utf8))
            json.members(of: Array(#"{"a":1,"b":2}"#.utf8))
            json.member("number", -5)
            json.member("rate", 2.5)
            json.member("whole", 10.0)
            json.member("none", nil as Int?)
            json.member("nothing", nil as String?)
        }
        #expect(
            String(buffer: json.buffer)
                == #"{"text":"a\"\\\n\u0001é","empty":{},"list":["x",{"flag":true},[]],"a":1,"b":2,"#
                + #""number":-5,"rate":2.5,"whole":10,"none":null,"nothing":null}"#)
    }

    @Test func membersOfNothingLeaveNoComma() {
        var json = JSONWriter()
        json.object { json in
            json.members(of: Array("{}".utf8))
            json.member("a", 1)
        }
        #expect(String(buffer: json.buffer) == #"{"a":1}"#)
    }

    @Test(arguments: [0.001, 1_000_000, 1e-7, 1e21, 123.456])
    func numbersReadBackAsTheyWere(value: Double) throws {
        var json = JSONWriter()
        json.object { json in json.member("value", value) }
        #expect(try JSON(json.buffer)["value"] == .number(value))
    }
}

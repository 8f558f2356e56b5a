import CloudEvents
import NIOCore
import Testing

struct AttributeListTests {
    @Test func orderAndTypesAreKept() {
        var list = AttributeList(reservingCapacity: 16)
        list.append(name: "b", value: "2", kind: .integer)
        list.append(name: "a", value: "")
        list.append(name: "c", value: "true", kind: .boolean)
        var seen: [String] = []
        list.forEach { name, value, kind in
            seen.append("\(String(decoding: name, as: UTF8.self))=\(String(decoding: value, as: UTF8.self)) \(kind)")
        }
        #expect(seen == ["b=2 integer", "a= string", "c=true boolean"])
        #expect(list.count == 3)
    }

    @Test func lookUpFindsWholeNamesOnly() {
        var list = AttributeList()
        list.append(name: "subject", value: "one")
        list.append(name: "sub", value: "two")
        #expect(list["subject"] == "one")
        #expect(list["sub"] == "two")
        #expect(list["subj"] == nil)
        #expect(list["subjects"] == nil)
        #expect(list[""] == nil)
        #expect(list.withValue(of: "sub") { _, value in value.count } == 3)
    }

    @Test func setReplacesInPlaceAppendsAndRemoves() {
        var list = AttributeList()
        list.append(name: "a", value: "1")
        list.append(name: "b", value: "2")
        list.set("a", to: "a much longer value than before")
        list.set("c", to: "3", kind: .integer)
        #expect(list["a"] == "a much longer value than before")
        #expect(list.count == 3)
        var names: [String] = []
        list.forEach { name, _, _ in names.append(String(decoding: name, as: UTF8.self)) }
        #expect(names == ["a", "b", "c"])
        list.set("b", to: nil)
        list.set("absent", to: nil)
        #expect(list["b"] == nil)
        #expect(list.count == 2)
    }

    @Test func copiesDoNotShareWhatIsAppended() {
        var one = AttributeList()
        one.append(name: "a", value: "1")
        var two = one
        two.append(name: "b", value: "2")
        one.append(name: "c", value: "3")
        #expect(one["b"] == nil && one["c"] == "3")
        #expect(two["b"] == "2" && two["c"] == nil)
    }

    @Test func longestNameAndLongValueFit() {
        let (name, value) = (String(repeating: "n", count: 255), String(repeating: "v", count: 100_000))
        var list = AttributeList()
        list.append(name: name, value: value)
        list.append(name: "z", value: "end")
        #expect(list[name] == value)
        #expect(list["z"] == "end")
    }

    @Test func stampingAnEventOfABatchLeavesItsNeighboursAlone() throws {
        let batch = buffer("[\(envelope(#""a":"1""#)),\(envelope(#""b":2"#)),\(envelope(""))]")
        var events = try JSONEventFormat.decodeBatch(batch)
        events[0].attributes.append(name: "tenantid", value: "acme")
        events[1].attributes.set("id", to: "another")
        #expect(events[0].tenantID == "acme")
        #expect(events[0].attributes["a"] == "1")
        #expect(events[1].id == "another")
        #expect(events[1].attributes.withValue(of: "b") { kind, _ in kind } == .integer)
        #expect(events[2].attributes.count == 4)
        #expect(events[2].attributes["tenantid"] == nil)
    }
}

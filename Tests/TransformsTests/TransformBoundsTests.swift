import CloudEvents
import NIOCore
import Testing

@testable import Transforms

/// No transform, on no event, takes more than its bounds.
struct TransformBoundsTests {
    private static func fault(
        _ transform: String, _ data: String, limits: CloudEventLimits = CloudEventLimits()
    ) throws -> TransformFault? {
        let transform = try EventTransformTests.transform(transform)
        do throws(TransformFault) {
            _ = try transform.applied(to: EventTransformTests.event(data), limits: limits)
            return nil
        } catch { return error }
    }

    private static func array(_ element: String, _ count: Int) -> String {
        "[" + Array(repeating: element, count: count).joined(separator: ",") + "]"
    }

    private static func nested(_ levels: Int) -> String {
        String(repeating: #"{"x":"#, count: levels) + "1" + String(repeating: "}", count: levels)
    }

    private static func pointer(_ name: String, _ levels: Int) -> String {
        "/" + name + String(repeating: "/x", count: levels - 1)
    }

    @Test func whatComesOfATransformIsBounded() throws {
        var limits = CloudEventLimits()
        limits.eventBytesMax = 1_000
        let piece = "{/a}"
        let wide = Self.array(#""{/a}""#, 500)
        let steps = Array(repeating: #"{"data":{"a":\#(wide)}}"#, count: 16).joined(separator: ",")
        for json in [
            #"[{"data":"\#(String(repeating: piece, count: 200))"}]"#, "[\(steps)]",
            #"[{"attributes":{"x":"\#(String(repeating: piece, count: 200))"}}]"#,
        ] {
            #expect(try Self.fault(json, #"{"a":"0123456789"}"#, limits: limits) != nil)
        }
    }

    @Test func aDeepOrWideBodyIsRefused() throws {
        let wide = #"{"a":\#(Self.array("1", JSONTree.valuesMax))}"#
        for data in [Self.nested(JSONTree.depthMax + 1), wide] {
            #expect(try Self.fault(#"[{"pick":["/x"]}]"#, data) != nil)
        }
    }

    // MARK: Depth

    /// Each within the bounds of its pointer, these would make tens of thousands of levels: more than any stack holds.
    @Test func renamesThatFollowEachOtherNestNoDeeper() throws {
        func name(_ index: Int) -> String { "a" + String(index) }
        let steps = (0..<EventTransform.stepsMax).map { step in
            let moves = (0..<28).map { entry in
                let index = step * 28 + entry
                return #""/\#(name(index))":"\#(Self.pointer(name(index + 1), JSONTree.depthMax))""#
            }
            return #"{"rename":{\#(moves.joined(separator: ","))}}"#
        }
        let fault = try Self.fault("[\(steps.joined(separator: ","))]", #"{"a0":1}"#)
        #expect(fault?.pointer == "/0/rename/~1a1")
        #expect(fault?.detail == "cannot be moved: it would be nested deeper than 64 levels")
    }

    @Test func aRenameMayGoAsDeepAsDataMay() throws {
        let inner = 10
        let data = #"{"a":\#(Self.nested(inner))}"#
        let fits = Self.pointer("b", JSONTree.depthMax - inner)
        #expect(try Self.fault(#"[{"rename":{"/a":"\#(fits)"}}]"#, data) == nil)
        #expect(try Self.fault(#"[{"rename":{"/a":"\#(fits)/x"}}]"#, data)?.pointer == "/0/rename/~1a")
    }

    @Test func placesOfTemplatesNestNoDeeper() throws {
        let step = #"{"data":{"x":[[{"x":["{/x}"]}]]}}"#
        let steps = Array(repeating: step, count: EventTransform.stepsMax).joined(separator: ",")
        let fault = try Self.fault("[\(steps)]", Self.nested(4))
        #expect(fault?.pointer == "/15/data/x/0/0/x/0")
        #expect(fault?.detail == "would be nested deeper than 64 levels")
        // The whole of the deepest that is read may stand alone, but in nothing.
        let deepest = Self.nested(JSONTree.depthMax)
        #expect(try Self.fault(#"[{"data":"{/x}"}]"#, deepest) == nil)
        #expect(try Self.fault(#"[{"data":["{/x}"]}]"#, deepest) == nil)
        #expect(try Self.fault(#"[{"data":[["{/x}"]]}]"#, deepest)?.pointer == "/0/data/0/0")
    }

    @Test func aTreeThatIsTooDeepIsNotWritten() {
        var tree = JSONTree.number("1")
        for _ in 0..<JSONTree.depthMax { tree = .array([tree]) }
        var buffer = ByteBuffer()
        #expect(tree.write(into: &buffer, bytesMax: 1_000))
        for deeper in [JSONTree.array([tree]), .object([.init(name: "a", value: tree)])] {
            var buffer = ByteBuffer()
            #expect(!deeper.write(into: &buffer, bytesMax: 1_000))
        }
    }

    // MARK: Work

    /// A megabyte of what nearly is the mark, in all the places that a template has.
    @Test func filtersOfLongTextsAreBounded() throws {
        let text = String(repeating: "a", count: 1_000_000)
        let mark = String(repeating: "a", count: 900) + "b"
        let wide = Self.array(#""{/a|before:\#(mark)|after:\#(text.prefix(9))}""#, 60)
        let fault = try Self.fault(#"[{"data":\#(wide)}]"#, #"{"a":"\#(text)"}"#)
        #expect(fault?.pointer == "/0/data/1")
        let none = Self.array(#""{/a|after:a|before:a}""#, 900)
        let exhausted = try Self.fault(#"[{"data":\#(none)}]"#, #"{"a":"\#(text)"}"#)
        #expect(exhausted?.detail.hasPrefix("reads more than \(4_194_304 + 4 * 1_000_008) bytes") == true)
    }

    @Test func placesInLargeObjectsAreBounded() throws {
        let members = (0..<50_000).map { #""m\#($0)":\#($0)"# }.joined(separator: ",")
        let data = "{\(members)}"
        #expect(try Self.fault(#"[{"data":\#(Self.array(#""{/m7}""#, 100))}]"#, data) == nil)
        let places = Self.array(#""{/m7}""#, 900)
        #expect(try Self.fault(#"[{"data":\#(places)}]"#, data)?.detail.hasPrefix("reads more than") == true)
        let pointers = (0..<100).map { #""/m\#($0)""# }
        let pick = #"{"pick":[\#(pointers.joined(separator: ","))]}"#
        let renames = (0..<16).map { step in
            #"{"rename":{\#(pointers.map { "\($0):\($0.dropLast())_\(step)\"" }.joined(separator: ","))}}"#
        }
        #expect(try Self.fault("[\(pick)]", data) == nil)
        #expect(try Self.fault("[\(renames.joined(separator: ","))]", data)?.detail.hasPrefix("reads more") == true)
    }

    /// Each step makes five hundred of what the one before it made: values are shared, and still too many.
    @Test func valuesThatArePutInManyPlacesAreBounded() throws {
        let steps = Array(repeating: #"{"data":{"a":\#(Self.array(#""{/a}""#, 500))}}"#, count: 16)
        let fault = try Self.fault("[\(steps.joined(separator: ","))]", #"{"a":[]}"#)
        #expect(fault?.pointer.hasPrefix("/2/data/a/") == true)
        #expect(fault?.detail.hasPrefix("reads more than") == true)
    }
}

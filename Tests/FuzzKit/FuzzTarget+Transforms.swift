import CloudEvents
import NIOCore
import Transforms

extension FuzzTarget {
    /// A transform in one line, and behind it the data of an event.
    static func transform(_ bytes: [UInt8]) -> Outcome {
        let first = bytes.prefix { $0 != UInt8(ascii: "\n") }
        let transform: EventTransform
        do {
            transform = try EventTransform(text: String(decoding: first, as: UTF8.self))
        } catch { return .refused }
        var event = CloudEvent(
            id: "1", source: "/s", type: "t", data: ByteBuffer(bytes: Array(bytes.dropFirst(first.count + 1))))
        for (name, value) in [("tenantid", "t"), ("correlationid", "c"), ("subject", "x/y"), ("dataschema", "a:b")] {
            event.attributes.append(name: name, value: value)
        }
        var limits = CloudEventLimits()
        // What is small tells more of what is too large; what is real must hold as well.
        if bytes.count.isMultiple(of: 2) { limits.eventBytesMax = 4_096 }
        do throws(TransformFault) {
            let changed = try transform.applied(to: event, limits: limits)
            for name in EventTransform.fixedAttributes where name != "datacontenttype" {
                guard changed.attributes[name] == event.attributes[name] else {
                    return .violated("the attribute \(name) was changed")
                }
            }
            guard changed.sizeBytes <= limits.eventBytesMax else { return .violated("the event is too large") }
            guard try transform.applied(to: event, limits: limits) == changed else {
                return .violated("the same event became another one")
            }
            return EventInvariants.fault(of: changed).map { .violated($0) } ?? .accepted
        } catch {
            return error.detail.isEmpty ? .violated("a fault without a reason") : .refused
        }
    }

    private static let deep = String(repeating: "/x", count: 20)

    static let transforms = [
        #"[{"pick":["/a","/b/c"]},{"rename":{"/a":"/b/a"}}]"# + "\n" + #"{"a":1,"b":{"c":[1.50,"x"],"d":2},"e":null}"#,
        #"[{"data":{"id":"{/a}","text":"{/b/c/1|lower} {{x}} {attribute:subject|before:/}","list":["{/b/c}",1,null]}}]"#
            + "\n" + #"{"a":{"n":-1e5},"b":{"c":[1,"X\u00e9"]}}"#,
        #"[{"attributes":{"type":["{?/a=x}a.{/a}","b.{/b|slug}"],"subject":null,"ext":"{attribute:subject|dots}"}}]"#
            + "\n" + #"{"a":"y","b":"Z z"}"#,
        #"[{"attributes":{"type":"x.{attribute:type}"}}]"# + "\nnot json",
        #"[{"rename":{"/a":"/b\#(deep)","/b":"/c\#(deep)","/c":"/d\#(deep)"}},{"data":["{/d}"]}]"#
            + "\n" + #"{"a":1}"#,
        #"[{"rename":{"/a~1b":"/c/d","/e":"/f"}},{"data":"{/c/d}"}]"# + "\n" + #"{"a/b":{"x":1},"e":[]}"#,
    ]

    static let transformWords = [
        #"{"pick":["#, #"{"rename":{"#, #"{"data":"#, #"{"attributes":{"#, "\"/a\"", "\"{/a}\"", "{attribute:id}",
        "{?/a=1}",
        "|lower", "|before:x", "~1", "~0", deep, "\"type\":", "\"id\":", "null", "]}]", "},{", "\n",
    ]
}

import CloudEvents
import NIOCore
import Testing
import Transforms

/// What becomes of events.
struct EventTransformTests {
    static func transform(_ json: String) throws -> EventTransform {
        try EventTransform(text: json)
    }

    static func event(_ data: String?, type contentType: String? = "application/json") -> CloudEvent {
        var event = CloudEvent(
            id: "1", source: "/shop", type: "order.placed", data: data.map { ByteBuffer(string: $0) })
        event.attributes.append(name: "tenantid", value: "acme")
        event.attributes.append(name: "correlationid", value: "c-1")
        event.attributes.append(name: "subject", value: "orders/7")
        if let contentType { event.attributes.append(name: "datacontenttype", value: contentType) }
        return event
    }

    static let order =
        #"{"order":{"id":"A-7","total":1.50,"lines":[{"sku":"x"},{"sku":"y"}],"note":null},"by":"Zoë","#
        + #""big":12345678901234567890}"#

    private static func data(_ transform: String, _ data: String = order) throws -> String {
        let changed = try self.transform(transform).applied(to: self.event(data), limits: CloudEventLimits())
        return changed.data.map { String(buffer: $0) } ?? ""
    }

    @Test func pickKeepsWhatIsNamedAndWhereItIs() throws {
        #expect(try Self.data(#"[{"pick":["/order/id","/by"]}]"#) == #"{"order":{"id":"A-7"},"by":"Zoë"}"#)
        // What is not there is not made, and values stay as they were written.
        #expect(
            try Self.data(#"[{"pick":["/order/total","/nothing","/big"]}]"#)
                == #"{"order":{"total":1.50},"big":12345678901234567890}"#)
        #expect(
            try Self.data(#"[{"pick":["/order","/order/id"]}]"#, #"{"order":{"id":1,"x":2}}"#)
                == #"{"order":{"id":1,"x":2}}"#)
        #expect(
            try Self.data(#"[{"pick":["/order/id","/order"]}]"#, #"{"order":{"x":2,"id":1},"y":0}"#)
                == #"{"order":{"x":2,"id":1}}"#)
    }

    @Test func renameMovesMembers() throws {
        #expect(
            try Self.data(#"[{"rename":{"/a":"/b/c","/x":"/y"}}]"#, #"{"a":[1],"d":2}"#) == #"{"d":2,"b":{"c":[1]}}"#)
        #expect(try Self.data(#"[{"rename":{"/a~1b":"/c~0d"}}]"#, #"{"a/b":true}"#) == #"{"c~d":true}"#)
    }

    @Test func dataIsMadeOfATemplate() throws {
        let transform = """
            [{"data":{"id":"{/order/id|lower}","whole":"{/order/lines}","first":"{/order/lines/0/sku}","n":1,
              "text":"{/order/id} of {/by}: {/order/total} {{}}","none":"{/order/note}","from":"{attribute:source}",
              "list":[true,null,"","{/order/total}"]}}]
            """
        #expect(
            try Self.data(transform)
                == #"{"id":"a-7","whole":[{"sku":"x"},{"sku":"y"}],"first":"x","n":1,"text":"A-7 of Zoë: 1.50 {}","#
                + #""none":null,"from":"/shop","list":[true,null,"",1.50]}"#)
    }

    @Test func stepsFollowEachOther() throws {
        let transform = #"[{"rename":{"/order/id":"/id"}},{"pick":["/id"]},{"data":{"was":"{/id}"}}]"#
        #expect(try Self.data(transform) == #"{"was":"A-7"}"#)
    }

    @Test func attributesAreSetAndTakenAway() throws {
        let transform = try Self.transform(
            """
            [{"attributes":{"type":"com.acme.{attribute:type|dots}","subject":null,
              "customer":["{?/by=nobody}none","{/order/customer}","{/by|slug}"]}}]
            """)
        let changed = try transform.applied(to: Self.event(Self.order), limits: CloudEventLimits())
        #expect(changed.type == "com.acme.order.placed")
        #expect(changed.subject == nil)
        #expect(changed.attributes["customer"] == "zo")
        #expect(changed.data == Self.event(Self.order).data)
        #expect((changed.id, changed.source, changed.tenantID, changed.correlationID) == ("1", "/shop", "acme", "c-1"))
    }

    @Test func attributesOfDataThatAreNoJSONCanBeSet() throws {
        let transform = try Self.transform(#"[{"attributes":{"type":"x.{attribute:subject|after:/}"}}]"#)
        for type in ["text/plain", nil] {
            let changed = try transform.applied(to: Self.event("hello", type: type), limits: CloudEventLimits())
            #expect(changed.type == "x.7")
            #expect(changed.data.map { String(buffer: $0) } == "hello")
        }
    }

    @Test func whatDescribesTheOldDataGoesWithThem() throws {
        var event = Self.event("hello", type: "text/plain")
        event.attributes.append(name: "dataschema", value: "https://schemas.example/text")
        let limits = CloudEventLimits()
        let changed = try Self.transform(#"[{"data":{"a":1}}]"#).applied(to: event, limits: limits)
        #expect(changed.dataContentType == "application/json")
        #expect(changed.attributes["dataschema"] == nil)
        let set = #"[{"data":{"a":1}},{"attributes":{"dataschema":"https://schemas.example/a"}}]"#
        let described = try Self.transform(set).applied(to: event, limits: limits)
        #expect(described.attributes["dataschema"] == "https://schemas.example/a")
        let early = #"[{"attributes":{"dataschema":"https://schemas.example/a"}},{"data":{"a":1}},{"pick":["/a"]}]"#
        let kept = try Self.transform(early).applied(to: event, limits: limits)
        #expect(kept.attributes["dataschema"] == "https://schemas.example/a")
        let vendor = try Self.transform(#"[{"pick":["/a"]}]"#)
            .applied(to: Self.event(#"{"a":1}"#, type: "application/vnd.x+json; charset=utf-8"), limits: limits)
        #expect(vendor.dataContentType == "application/vnd.x+json; charset=utf-8")
    }

    private static let failing: [(String, String, String?)] = [
        (#"[{"pick":["/a"]}]"#, "[1]", "/0/pick"), (#"[{"pick":["/a"]}]"#, "{", "/0/pick"),
        (#"[{"pick":["/a"]},{"rename":{"/a":"/b"}}]"#, #"{"a":1,"b":2}"#, nil),
        (#"[{"rename":{"/a":"/b"}}]"#, #"{"a":1,"b":2}"#, "/0/rename/~1a"),
        (#"[{"rename":{"/a":"/b/c"}}]"#, #"{"a":1,"b":2}"#, "/0/rename/~1a"),
        (#"[{"pick":["/a"]},{"data":{"x":{"y":"{/b}"}}}]"#, #"{"a":1,"b":2}"#, "/1/data/x/y"),
        (#"[{"data":["{/a} {/b}"]}]"#, #"{"a":1,"b":{}}"#, "/0/data/0"),
        (#"[{"attributes":{"time":"{/a}"}}]"#, #"{"a":1}"#, "/0/attributes/time"),
        (#"[{"attributes":{"x":["{/b}","{?/a=2}y"]}}]"#, #"{"a":1}"#, "/0/attributes/x"),
        (#"[{"data":"{/a}"}]"#, "not json", "/0/data"),
    ]

    @Test(arguments: failing)
    func whatCannotBeAppliedNamesItsStep(_ transform: String, _ data: String, _ pointer: String?) throws {
        let transform = try Self.transform(transform)
        var found: TransformFault?
        do throws(TransformFault) {
            _ = try transform.applied(to: Self.event(data), limits: CloudEventLimits())
        } catch { found = error }
        #expect(found?.pointer == pointer)
        if pointer != nil { #expect(found?.detail.isEmpty == false) }
    }
}

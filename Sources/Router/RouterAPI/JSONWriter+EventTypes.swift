import EventDispatch
import EventLog
import EventTypes
import JSONSchema
import NIOCore

extension JSONWriter {
    /// A type with its latest schema, which is the text that was sent.
    mutating func eventType(_ view: EventTypeView) {
        self.object { json in
            json.member("type", view.type)
            json.member("version", view.version)
            json.member("mode", view.mode.rawValue)
            json.member("compatibility", view.compatibility.rawValue)
            json.raw("schema") { $0.writeString(view.schema) }
            json.time("createdAt", view.createdAt)
            json.time("updatedAt", view.updatedAt)
        }
    }

    mutating func eventTypeVersion(_ view: EventTypeVersionView) {
        self.object { json in
            json.member("type", view.type)
            json.member("version", view.version)
            json.raw("schema") { $0.writeString(view.schema) }
            json.time("createdAt", view.createdAt)
        }
    }
}

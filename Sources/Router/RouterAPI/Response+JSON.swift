import EventDispatch
import HTTPServing
import HTTPTypes
import Hummingbird

extension Response {
    /// An answer whose JSON text is written by `body`.
    static func json(
        status: HTTPResponse.Status = .ok, headers: HTTPFields = HTTPFields(), _ body: (inout JSONWriter) throws -> Void
    ) rethrows -> Response {
        var json = JSONWriter()
        try body(&json)
        return Response.json(json.buffer, status: status, headers: headers)
    }

    /// `{"items":[…],"nextCursor":…}`; the cursor is absent on the last page.
    static func page<Item>(_ page: Page<Item>, _ item: (inout JSONWriter, Item) throws -> Void) rethrows -> Response {
        try Response.json { json in
            try json.object { json in
                try json.array("items") { json in
                    for element in page.items { try item(&json, element) }
                }
                if let cursor = page.nextCursor { json.member("nextCursor", cursor) }
            }
        }
    }
}

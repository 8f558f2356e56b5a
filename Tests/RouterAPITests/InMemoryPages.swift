import EventDispatch

/// Cuts lists into pages; a cursor is the number of items before the page.
enum InMemoryPages {
    static func page<Item: Sendable>(_ items: [Item], _ request: PageRequest) throws(ServiceError) -> Page<Item> {
        var start = 0
        if let cursor = request.cursor {
            guard cursor.hasPrefix("after-"), let number = Int(cursor.dropFirst(6)), (0...items.count).contains(number)
            else {
                throw ServiceError(
                    .invalid, "the cursor is none of ours", errors: [.init(pointer: "cursor", detail: "unknown")])
            }
            start = number
        }
        let end = min(start + request.limit, items.count)
        return Page(items: Array(items[start..<end]), nextCursor: end < items.count ? "after-\(end)" : nil)
    }
}

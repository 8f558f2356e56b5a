import EventDispatch
import HTTPServing

/// Where a list of named things goes on, as callers see it: what kind of list it is of, and the last name. A text that
/// no page gave is refused, as a list that silently begins somewhere would be taken for the whole.
enum ListCursor: String {
    case subscription
    case replay
    case key
    case webhookEndpoint = "webhook-endpoint"
    case eventType = "event-type"
    case eventTypeVersion = "event-type-version"

    /// The page that a request asks for, with the service's own cursor.
    /// - Parameter isName: whether something of the list can be called that.
    /// - Throws: 400 where the cursor is of another list, or of none.
    func request(
        _ page: PageRequest, isName: (String) -> Bool = { _ in true }
    ) throws(ProblemError) -> PageRequest {
        guard let cursor = page.cursor else { return page }
        let name = String(cursor.dropFirst(self.prefix.count))
        guard cursor.hasPrefix(self.prefix), !name.isEmpty, isName(name) else {
            throw QueryParameters.fault("cursor", "must be one that an earlier page of this list gave")
        }
        return PageRequest(limit: page.limit, cursor: name)
    }

    /// The page as callers see it.
    func answer<Item>(_ page: Page<Item>) -> Page<Item> {
        Page(items: page.items, nextCursor: page.nextCursor.map { self.prefix + $0 })
    }

    private var prefix: String { "\(self.rawValue)~" }
}

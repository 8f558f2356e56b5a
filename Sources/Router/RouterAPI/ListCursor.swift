import EventDispatch
import HTTPServing

/// Where a list of named things goes on, as callers see it: what kind of list it is of, and the last name. A text that
/// no page gave is refused, as a list that silently begins somewhere would be taken for the whole.
enum ListCursor: String {
    case subscription
    case replay
    case key
    case webhookEndpoint = "webhook-endpoint"

    /// The page that a request asks for, with the service's own cursor.
    /// - Throws: 400 where the cursor is of another list, or of none.
    func request(_ page: PageRequest) throws(ProblemError) -> PageRequest {
        guard let cursor = page.cursor else { return page }
        guard cursor.hasPrefix(self.prefix), cursor.utf8.count > self.prefix.utf8.count else {
            throw QueryParameters.fault("cursor", "must be one that an earlier page of this list gave")
        }
        return PageRequest(limit: page.limit, cursor: String(cursor.dropFirst(self.prefix.count)))
    }

    /// The page as callers see it.
    func answer<Item>(_ page: Page<Item>) -> Page<Item> {
        Page(items: page.items, nextCursor: page.nextCursor.map { self.prefix + $0 })
    }

    private var prefix: String { "\(self.rawValue)~" }
}

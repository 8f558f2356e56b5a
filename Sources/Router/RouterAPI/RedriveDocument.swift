import EventDispatch
import HTTPServing
import Subscriptions

/// The body of `POST /v1/dead-letters/redrive`: exactly one of `ids` and `subscription`, and filters.
struct RedriveDocument: Decodable {
    /// Ids in one call at most.
    static let idsMax = 1_000

    private let ids: [String]?
    private let subscription: String?
    private let filters: [Filter]?

    init(from decoder: any Decoder) throws {
        let members = try decoder.strictMembers(["ids", "subscription", "filters"])
        self.ids = try members.decodeIfPresent([String].self, forKey: StrictMember("ids"))
        self.subscription = try members.decodeIfPresent(String.self, forKey: StrictMember("subscription"))
        self.filters = try members.filtersIfPresent(forKey: StrictMember("filters"))
    }

    /// - Throws: 422 with everything that is wrong.
    func selection() throws(ProblemError) -> RedriveSelection {
        var faults = FieldFaults()
        let selection: RedriveSelection
        switch (self.ids, self.subscription) {
        case (let ids?, nil):
            if ids.isEmpty || ids.count > Self.idsMax { faults.add("/ids", "must have 1 to \(Self.idsMax) ids") }
            if let index = ids.firstIndex(of: "") { faults.add("/ids/\(index)", "must not be empty") }
            faults.filters("/filters", self.filters ?? [])
            selection = .ids(ids, filters: self.filters ?? [])
        case (nil, let subscription?):
            faults.subscriptionName("/subscription", subscription)
            faults.filters("/filters", self.filters ?? [])
            selection = .subscription(subscription, filters: self.filters ?? [])
        case (_?, _?), (nil, nil):
            faults.add("", "must have exactly one of 'ids' and 'subscription'")
            selection = .ids([])
        }
        try faults.throwIfAny()
        return selection
    }
}

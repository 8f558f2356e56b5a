import EventDispatch
import HTTPServing
import TenantLimits

/// The body of `PUT /v1/tenants/{id}/limits`: what is set for the tenant alone. What is absent or null is as the
/// configuration says.
///
/// What answers have beside it may be there too; it is ignored.
struct TenantLimitDocument: Decodable {
    private static let readOnlyMembers = ["tenant", "overridden", "updatedAt"]
    private let values: [TenantLimit: Int]

    init(from decoder: any Decoder) throws {
        let members = try decoder.strictMembers(TenantLimit.allCases.map(\.rawValue) + Self.readOnlyMembers)
        var values: [TenantLimit: Int] = [:]
        for limit in TenantLimit.allCases {
            values[limit] = try members.numberIfPresent(Int.self, forKey: StrictMember(limit.rawValue))
        }
        self.values = values
    }

    /// - Throws: 422 with everything that is wrong.
    func overrides() throws(ProblemError) -> [TenantLimit: Int] {
        var faults = FieldFaults()
        for limit in TenantLimit.allCases {
            guard let value = self.values[limit], !limit.range.contains(value) else { continue }
            let none = limit.range.lowerBound == 0 ? ", 0 for no limit" : ""
            faults.add(
                "/\(limit.rawValue)",
                "must be \(limit.range.lowerBound) to \(limit.range.upperBound)\(none), or absent for the default")
        }
        for (burst, rate) in [(TenantLimit.eventsBurst, TenantLimit.eventsPerSecond), (.bytesBurst, .bytesPerSecond)]
        where (self.values[burst] ?? 0) > 0 && self.values[rate] == 0 {
            faults.add("/\(burst.rawValue)", "needs a rate: \(rate.rawValue) is 0, which is no limit")
        }
        try faults.throwIfAny()
        return self.values
    }
}

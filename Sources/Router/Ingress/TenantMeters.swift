import NIOCore
import NIOPosix
import ServiceLifecycle
import Synchronization
import TenantLimits

/// The meters of all tenants that send to this process.
///
/// Meters are found without a lock: each thread remembers those that it met. Those of tenants that are quiet are
/// forgotten; beyond ``metersMax`` further tenants share one, whose limits are those of a tenant without its own.
public final class TenantMeters: Service, Sendable {
    private struct State {
        var meters: [String: TenantMeter] = [:]
        var overflow: TenantMeter?
    }

    /// What one thread has met.
    ///
    /// `@unchecked`: only the thread that it belongs to has it, see `ThreadSpecificVariable`.
    private final class Acquaintances: @unchecked Sendable {
        static let metersMax = 1_024
        var meters: [String: TenantMeter] = [:]
    }

    /// Tenants that have a meter of their own at most.
    public static let metersMax = 65_536
    private let limits: any TenantLimitSource
    private let replicas: Int
    private let clock: @Sendable () -> Int64
    private let state = Mutex(State())
    private let acquaintances = ThreadSpecificVariable<Acquaintances>()

    /// - Parameters:
    ///   - limits: what each tenant may do. It is followed.
    ///   - replicas: how many processes share the rates, `1...1000`.
    ///   - clock: milliseconds that do not go backwards.
    public init(
        limits: any TenantLimitSource, replicas: Int = 1,
        clock: @escaping @Sendable () -> Int64 = { Int64(NIODeadline.now().uptimeNanoseconds / 1_000_000) }
    ) {
        self.limits = limits
        self.replicas = replicas
        self.clock = clock
        limits.follow { [weak self] tenant, limits in self?.change(tenant, to: limits) }
    }

    /// The meter of a tenant.
    public func meter(of tenant: String) -> TenantMeter {
        let known: Acquaintances
        if let mine = self.acquaintances.currentValue {
            known = mine
        } else {
            known = Acquaintances()
            self.acquaintances.currentValue = known
        }
        if let meter = known.meters[tenant], !meter.isRetired.load(ordering: .relaxed) { return meter }
        let (meter, isOwn) = self.find(tenant)
        guard isOwn else { return meter }
        if known.meters.count >= Acquaintances.metersMax { known.meters.removeAll(keepingCapacity: true) }
        known.meters[tenant] = meter
        return meter
    }

    private func find(_ tenant: String) -> (meter: TenantMeter, isOwn: Bool) {
        self.state.withLock { state in
            if let meter = state.meters[tenant] { return (meter, true) }
            if state.meters.count >= Self.metersMax {
                // No tenant has the empty name: it has the limits of all that have none of their own.
                let overflow = state.overflow ?? self.make(self.limits.limits(of: ""))
                state.overflow = overflow
                return (overflow, false)
            }
            let meter = self.make(self.limits.limits(of: tenant))
            state.meters[tenant] = meter
            return (meter, true)
        }
    }

    private func make(_ limits: TenantLimits) -> TenantMeter {
        TenantMeter(limits, replicas: self.replicas, clock: self.clock)
    }

    private func change(_ tenant: String, to limits: TenantLimits) {
        self.state.withLock { $0.meters[tenant]?.change(to: limits, replicas: self.replicas) }
    }

    /// The meter of a tenant that has sent something lately.
    public func known(_ tenant: String) -> TenantMeter? { self.state.withLock { $0.meters[tenant] } }

    /// How many tenants have a meter.
    public var count: Int { self.state.withLock { $0.meters.count } }

    /// Takes samples once a second until the process is told to end.
    public func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                try? await Task.sleep(for: .seconds(1))
                self.sample()
            }
        }
    }

    /// What happens once a second.
    func sample() {
        let meters = self.state.withLock { $0.meters }
        let quiet = meters.filter { $0.value.sample() }
        guard !quiet.isEmpty else { return }
        self.state.withLock { state in
            for (tenant, meter) in quiet where state.meters[tenant] === meter {
                state.meters[tenant] = nil
                meter.isRetired.store(true, ordering: .relaxed)
            }
        }
    }
}

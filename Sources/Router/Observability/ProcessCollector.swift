#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// Memory, processor time, file descriptors and threads of this process, under the names that Prometheus clients share.
///
/// Read from `/proc/self` where there is one. Elsewhere what `getrusage` knows: the resident memory is then the highest
/// so far, and what has no source is left out.
public struct ProcessCollector: Sendable {
    /// Seconds since the epoch; where the system does not tell, when this collector was made.
    private let startTime: Double

    public init() {
        self.startTime = Self.startTime() ?? Self.now()
    }

    /// The families of this process now. Does a few short reads; blocks for no longer than they take.
    public func collect() -> [MetricFamily] {
        var families: [MetricFamily] = []
        func show(_ name: MetricName, _ value: Double?) {
            guard let value else { return }
            families.append(MetricFamily(name, [MetricSample(value)]))
        }
        var usage = rusage()
        getrusage(Self.ownUsage, &usage)
        show(.processCPU, Self.seconds(usage.ru_utime) + Self.seconds(usage.ru_stime))
        show(.processStartTime, self.startTime)
        if let statistics = Self.statistics() {
            show(.processResidentMemory, Double(statistics.residentBytes))
            show(.processVirtualMemory, Double(statistics.virtualBytes))
            show(.processThreads, Double(statistics.threads))
        } else {
            // Kibibytes, but bytes on Darwin.
            #if canImport(Darwin)
            let unit = 1.0
            #else
            let unit = 1_024.0
            #endif
            show(.processResidentMemory, Double(usage.ru_maxrss) * unit)
        }
        show(.processOpenFileDescriptors, Self.openFileDescriptors().map { Double($0) })
        show(.processFileDescriptorsMax, Self.fileDescriptorsMax())
        return families
    }

    // MARK: - /proc

    struct Statistics: Equatable {
        var threads: Int
        /// Clock ticks since the system booted.
        var startTicks: UInt64
        var virtualBytes: UInt64
        var residentBytes: UInt64
    }

    private static func statistics() -> Statistics? {
        guard let text = self.contents(of: "/proc/self/stat") else { return nil }
        return self.statistics(parsing: text, pageBytes: UInt64(max(sysconf(Int32(_SC_PAGESIZE)), 1)))
    }

    /// Fields of proc(5) `stat`, counted behind the command's name, which is in brackets and may hold anything.
    static func statistics(parsing text: String, pageBytes: UInt64) -> Statistics? {
        guard let close = text.lastIndex(of: ")") else { return nil }
        let fields = text[text.index(after: close)...].split(whereSeparator: { $0 == " " || $0 == "\n" })
        guard fields.count > 21, let threads = Int(fields[17]), let startTicks = UInt64(fields[19]),
            let virtualBytes = UInt64(fields[20]), let residentPages = UInt64(fields[21])
        else { return nil }
        return Statistics(
            threads: threads, startTicks: startTicks, virtualBytes: virtualBytes,
            residentBytes: residentPages &* pageBytes)
    }

    private static func startTime() -> Double? {
        guard let statistics = self.statistics(), let system = self.contents(of: "/proc/stat") else { return nil }
        let bootLine = system.split(separator: "\n").first { $0.hasPrefix("btime ") }
        guard let boot = bootLine.flatMap({ Double($0.dropFirst(6)) }) else { return nil }
        return boot + Double(statistics.startTicks) / Double(max(sysconf(Int32(_SC_CLK_TCK)), 1))
    }

    private static func openFileDescriptors() -> Int? {
        guard let directory = opendir("/proc/self/fd") else { return nil }
        defer { closedir(directory) }
        var entries = 0
        while readdir(directory) != nil { entries += 1 }
        // `.`, `..` and the descriptor of the listing itself.
        return max(entries - 3, 0)
    }

    private static func fileDescriptorsMax() -> Double? {
        var limit = rlimit()
        #if canImport(Glibc)
        let asked = getrlimit(__rlimit_resource_t(UInt32(RLIMIT_NOFILE.rawValue)), &limit)
        #else
        let asked = getrlimit(RLIMIT_NOFILE, &limit)
        #endif
        return asked == 0 ? Double(limit.rlim_cur) : nil
    }

    /// The first mebibyte of a file at most.
    private static func contents(of path: String) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16_384)
        while bytes.count < 1 << 20 {
            let count = read(descriptor, &chunk, chunk.count)
            guard count > 0 else { break }
            bytes += chunk[..<count]
        }
        return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
    }

    // MARK: - The system

    private static var ownUsage: Int32 {
        #if canImport(Glibc)
        Int32(RUSAGE_SELF.rawValue)
        #else
        RUSAGE_SELF
        #endif
    }

    private static func seconds(_ time: timeval) -> Double {
        Double(time.tv_sec) + Double(time.tv_usec) / 1e6
    }

    private static func now() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}

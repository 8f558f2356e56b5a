import CoreMetrics
import Observability
import Testing

@Suite struct PrometheusMetricsTests {
    @Test func nothingIsAnEmptyExposition() async {
        #expect(await PrometheusMetrics().exposition() == "")
    }

    @Test func theTextIsExactlyWhatTheFormatAsksFor() async throws {
        var configuration = PrometheusMetricsConfiguration()
        configuration.boundsByName = ["b_seconds": [0.5, 1]]
        let metrics = PrometheusMetrics(configuration: configuration)
        Counter(.ingressEvents, [("mode", "structured")], factory: metrics).increment(by: 2)
        Counter(.ingressEvents, [("mode", "binary")], factory: metrics).increment()
        let timer = CoreMetrics.Timer(label: "b_seconds", factory: metrics)
        timer.recordNanoseconds(500_000_000)
        timer.recordNanoseconds(750_000_000)
        timer.recordNanoseconds(3_000_000_000)
        Meter(label: "a", factory: metrics).set(1.5)
        #expect(
            await metrics.exposition() == """
                # TYPE a gauge
                a 1.5
                # TYPE b_seconds histogram
                b_seconds_bucket{le="0.5"} 1
                b_seconds_bucket{le="1"} 2
                b_seconds_bucket{le="+Inf"} 3
                b_seconds_sum 4.25
                b_seconds_count 3
                # HELP portarium_ingress_events_total Events accepted and durably in the log.
                # TYPE portarium_ingress_events_total counter
                portarium_ingress_events_total{mode="binary"} 1
                portarium_ingress_events_total{mode="structured"} 2

                """)
    }

    @Test func anyTextMakesAValidExposition() async throws {
        let metrics = PrometheusMetrics()
        let nasty = ["", "a\"b", "a\\b", "a\nb", "\\n", "\u{0}\t\r", "ünï 😀", "}{,=", "\\", "\"", "\u{301}\\\""]
        for text in nasty {
            Counter(label: "nasty_total", dimensions: [("value", text)], factory: metrics).increment()
            Counter(label: "name.\(text)", dimensions: [(text, "x"), ("le", "y")], factory: metrics).increment()
        }
        let collected = nasty.enumerated().map { index, text in
            MetricFamily(
                name: "collected\(index) \(text)", help: text, kind: .gauge,
                samples: [MetricSample(1, labels: [("9\(text)", text), ("__name__", text)])])
        }
        metrics.register { collected }
        let read = try ExpositionGrammar(await metrics.exposition())
        for text in nasty { #expect(read.value("nasty_total", ["value": text]) == 1) }
        for text in nasty where !text.isEmpty { #expect(read.helps.values.contains(text)) }
    }

    @Test(
        arguments: [
            (0.0, "0"), (-0.5, "-0.5"), (1e15, "1000000000000000"), (1e300, "1e+300"), (1e-7, "1e-07"),
            (.infinity, "+Inf"), (-.infinity, "-Inf"), (.nan, "NaN"), (3, "3"),
        ] as [(Double, String)])
    func numbersAreWrittenAsScrapersReadThem(value: Double, text: String) async throws {
        let metrics = PrometheusMetrics()
        Gauge(label: "g", factory: metrics).record(value)
        #expect(await metrics.exposition() == "# TYPE g gauge\ng \(text)\n")
        _ = try ExpositionGrammar(await metrics.exposition())
    }

    @Test func noIncrementIsLostUnderConcurrency() async throws {
        let metrics = PrometheusMetrics()
        await withTaskGroup(of: Void.self) { group in
            for task in 0..<8 {
                group.addTask {
                    // Every task makes instruments of its own: the same name and labels are the same series.
                    let counter = Counter(label: "whole_total", factory: metrics)
                    let broken = FloatingPointCounter(label: "broken_total", factory: metrics)
                    let meter = Meter(label: "level", factory: metrics)
                    let timer = CoreMetrics.Timer(label: "time_seconds", factory: metrics)
                    for step in 0..<5_000 {
                        counter.increment(by: 3)
                        broken.increment(by: 0.5)
                        meter.increment(by: 2)
                        meter.decrement(by: 1)
                        timer.recordNanoseconds(Int64(step) * 1_000_000)
                        if step % 1_000 == 0 {
                            Counter(label: "made_total", dimensions: [("task", "\(task)")], factory: metrics)
                                .increment()
                        }
                    }
                }
            }
        }
        let read = try ExpositionGrammar(await metrics.exposition())
        #expect(read.value("whole_total") == 120_000)
        #expect(read.value("broken_total") == 20_000)
        #expect(read.value("level") == 40_000)
        #expect(read.value("time_seconds_count") == 40_000)
        #expect(read.value("time_seconds_bucket", ["le": "1"]) == 8_008)
        #expect(abs((read.value("time_seconds_sum") ?? 0) - 99_980) < 0.001)
        for task in 0..<8 { #expect(read.value("made_total", ["task": "\(task)"]) == 5) }
    }

    @Test func scrapesDuringWritesAreAlwaysWhole() async throws {
        let metrics = PrometheusMetrics()
        let timer = CoreMetrics.Timer(label: "time_seconds", factory: metrics)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for step in 0..<20_000 { timer.recordNanoseconds(Int64(step) * 1_000) }
            }
            // The grammar checks that the buckets and the count of every scrape belong together.
            for _ in 0..<50 { _ = try ExpositionGrammar(await metrics.exposition()) }
            try await group.waitForAll()
        }
        #expect(try ExpositionGrammar(await metrics.exposition()).value("time_seconds_count") == 20_000)
    }

    @Test func bucketsHoldTheirUpperBoundAndAreCumulative() async throws {
        var configuration = PrometheusMetricsConfiguration()
        configuration.recorderBounds = [10, .nan, 1, 100, 10, .infinity]
        let metrics = PrometheusMetrics(configuration: configuration)
        let recorder = Recorder(label: "size", factory: metrics)
        for value in [-5, 0.5, 1, 1.5, 10, 99, 100, 101, 1e9, .infinity, .nan] as [Double] { recorder.record(value) }
        let read = try ExpositionGrammar(await metrics.exposition())
        #expect(read.value("size_bucket", ["le": "1"]) == 3)
        #expect(read.value("size_bucket", ["le": "10"]) == 5)
        #expect(read.value("size_bucket", ["le": "100"]) == 7)
        #expect(read.value("size_bucket", ["le": "+Inf"]) == 10)
        #expect(read.samples.filter { $0.name == "size_bucket" }.count == 4)
        #expect(read.value("size_sum") == .infinity)
    }

    @Test func aCounterOnlyGrows() async throws {
        let metrics = PrometheusMetrics()
        let counter = Counter(label: "c_total", factory: metrics)
        counter.increment(by: 5)
        counter.increment(by: -3)
        counter.increment(by: 0)
        #expect(try ExpositionGrammar(await metrics.exposition()).value("c_total") == 5)
        counter.reset()
        #expect(try ExpositionGrammar(await metrics.exposition()).value("c_total") == 0)
    }

    @Test func seriesBeyondTheLimitShareOneSoThatSumsStayExact() async throws {
        var configuration = PrometheusMetricsConfiguration()
        configuration.seriesPerMetricMax = 10
        let metrics = PrometheusMetrics(configuration: configuration)
        for index in 0..<100 {
            Counter(label: "many_total", dimensions: [("user", "\(index)")], factory: metrics).increment(by: 2)
        }
        Counter(label: "many_total", dimensions: [("user", "3")], factory: metrics).increment(by: 2)
        let read = try ExpositionGrammar(await metrics.exposition())
        let series = read.samples.filter { $0.name == "many_total" }
        #expect(series.count == 11)
        #expect(series.reduce(0) { $0 + $1.value } == 202)
        #expect(read.value("many_total", ["user": "_overflow"]) == 180)
        #expect(read.value("many_total", ["user": "3"]) == 4)
        #expect(read.value("portarium_metric_series_overflow_total", ["metric": "many_total"]) == 90)
    }

    @Test func aDestroyedSeriesIsShownNoMoreAndMakesRoom() async throws {
        var configuration = PrometheusMetricsConfiguration()
        configuration.seriesPerMetricMax = 1
        let metrics = PrometheusMetrics(configuration: configuration)
        let first = Counter(label: "c_total", dimensions: [("n", "1")], factory: metrics)
        first.increment()
        first.destroy()
        #expect(await metrics.exposition() == "")
        Counter(label: "c_total", dimensions: [("n", "2")], factory: metrics).increment()
        #expect(try ExpositionGrammar(await metrics.exposition()).value("c_total", ["n": "2"]) == 1)
    }

    @Test func aNameThatIsTakenByAnotherKindIsNotShownTwice() async throws {
        let metrics = PrometheusMetrics()
        Counter(label: "same.name", factory: metrics).increment()
        Meter(label: "same_name", factory: metrics).set(7)
        CoreMetrics.Timer(label: "same_name", factory: metrics).recordNanoseconds(1)
        metrics.register { [MetricFamily(name: "same name", kind: .gauge, samples: [MetricSample(9)])] }
        let read = try ExpositionGrammar(await metrics.exposition())
        #expect(read.types["same_name"] == "counter")
        #expect(read.value("same_name") == 1)
        #expect(read.value("portarium_metric_conflicts_total") == 3)
    }

    @Test func metricsBeyondTheLimitAreCounted() async throws {
        var configuration = PrometheusMetricsConfiguration()
        configuration.metricsMax = 2
        let metrics = PrometheusMetrics(configuration: configuration)
        for index in 0..<5 { Counter(label: "c\(index)_total", factory: metrics).increment() }
        let read = try ExpositionGrammar(await metrics.exposition())
        #expect(read.order == ["c0_total", "c1_total", "portarium_metric_conflicts_total"])
        #expect(read.value("portarium_metric_conflicts_total") == 3)
    }

    @Test func labelsAreSortedAndOfEqualNamesTheLastCounts() async throws {
        let metrics = PrometheusMetrics()
        Counter(label: "c_total", dimensions: [("b", "2"), ("a", "1")], factory: metrics).increment()
        Counter(label: "c_total", dimensions: [("a", "1"), ("b", "2")], factory: metrics).increment()
        Counter(label: "c_total", dimensions: [("x.y", "first"), ("x_y", "last")], factory: metrics).increment()
        #expect(
            await metrics.exposition() == """
                # TYPE c_total counter
                c_total{a="1",b="2"} 2
                c_total{x_y="last"} 1

                """)
    }

    @Test func collectorsAreAskedAtEveryScrapeAndTheirFamiliesBecomeOne() async throws {
        let metrics = PrometheusMetrics()
        for tenant in ["a", "b"] {
            metrics.register {
                [MetricFamily(.subscriptionLag, [MetricSample(5, labels: [("tenant", tenant)])])]
            }
        }
        metrics.register { [MetricFamily(.subscriptionLag, [MetricSample(6, labels: [("tenant", "a")])])] }
        metrics.register { ProcessCollector().collect() }
        for _ in 0..<2 {
            let read = try ExpositionGrammar(await metrics.exposition())
            #expect(read.value("portarium_subscription_lag_records", ["tenant": "a"]) == 5)
            #expect(read.value("portarium_subscription_lag_records", ["tenant": "b"]) == 5)
            #expect(read.types["process_cpu_seconds_total"] == "counter")
        }
    }

    @Test func namesAreWellFormedAndHaveAHelp() async throws {
        let metrics = PrometheusMetrics()
        let families = MetricName.allCases.map { name in
            let histogram = HistogramSnapshot(bounds: [1], counts: [0, 0], sum: 0)
            let value: MetricSample.Value = name.kind == .histogram ? .histogram(histogram) : .integer(0)
            return MetricFamily(name, [MetricSample(value: value)])
        }
        metrics.register { families }
        let read = try ExpositionGrammar(await metrics.exposition())
        #expect(read.order.count == MetricName.allCases.count)
        for name in MetricName.allCases {
            #expect(read.helps[name.rawValue]?.hasSuffix(".") == true)
            #expect((name.kind == .counter) == name.rawValue.hasSuffix("_total"), "\(name.rawValue)")
        }
    }
}

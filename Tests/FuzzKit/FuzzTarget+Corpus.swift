extension FuzzTarget {
    /// Good inputs, from which the mutations start.
    public var seeds: [[UInt8]] {
        switch self {
        case .recordHeaders: Self.packedHeaders
        case .spooledDelivery: Self.spooledDeliveries
        default: self.texts.map { Array($0.utf8) }
        }
    }

    /// Pieces that matter to the target's grammar.
    public var tokens: [[UInt8]] { self.words.map { Array($0.utf8) } }

    private static let envelope = #""specversion":"1.0","id":"1","source":"/s","type":"t""#
    private static let header = "ce-specversion:1.0\nce-id:1\nce-source:/s\nce-type:t\n"

    private var texts: [String] {
        switch self {
        case .event: Self.events
        case .batch:
            [
                "[]", "[{\(Self.envelope)}]", "[" + Self.events.prefix(5).joined(separator: " ,\n") + "]",
                #"[{"specversion":"0.3","id":"1","source":"/s","type":"t","schemaurl":"a:b","data":1}]"#,
            ]
        case .httpMessage: Self.messages
        case .kafkaRecord:
            Self.messages.map { $0.replacing("ce-", with: "ce_") } + [
                "content-type:application/cloudevents+json\n\n{\(Self.envelope),\"data\":[1]}",
                "Content-Type:application/cloudevents+json; charset=UTF-8\nce_id:2\n\n{\(Self.envelope)}",
            ]
        case .recordHeaders, .spooledDelivery: []
        case .contentType:
            [
                "application/json", "text/plain; charset=utf-8", "a/b ; c=\"d;e\\\"f\" ; g = h;",
                "application/cloudevents+json; charset=\"UTF-8\"", "application/cloudevents-batch+json",
                "application/x+json;charset=iso-8859-1", "image/svg+xml", "application/cloudevents+avro",
            ]
        case .timestamp:
            [
                "2018-04-05T17:31:00Z", "2018-04-26t14:48:09.1234567+02:00", "1990-12-31T15:59:60.5-08:00",
                "0000-01-01T00:00:00z", "9999-12-31T23:59:59.999-23:59", "2000-02-29T12:00:00-00:00",
            ]
        case .expression: Self.expressions
        case .filter: Self.filters
        case .subscription: Self.filters.map { Self.subscription(filter: $0) }
        case .schema: Self.schemas
        case .compatibility: Self.schemaPairs
        case .pattern: Self.patterns
        case .host: Self.hosts
        case .network: ["10.0.0.0/8", "0.0.0.0/0", "192.0.2.7", "fd00::/8", "::1/128", "2001:db8::/33"]
        case .webhook: Self.webhooks
        case .traceHeaders: Self.traces
        case .exportAnswer: Self.answers
        case .transform: Self.transforms
        }
    }

    private var words: [String] {
        switch self {
        case .event, .batch:
            Self.jsonWords + [
                "\"id\":\"2\",", "\"data\":", "\"data_base64\":\"e30=\",", "\"a\":1,", "\"b\":true,", "\"c\":null,",
                "0.3", "\"specversion\":\"0.3\"", "\"time\":\"2018-04-05T17:31:00Z\",",
                "\"datacontenttype\":\"text/plain\",",
                "\"schemaurl\":\"a:b\",", "\"datacontentencoding\":\"base64\",", "},{",
            ]
        case .httpMessage, .kafkaRecord:
            [
                "\n", "\n\n", "\n-\n", ":", "ce-", "ce_", "CE-", "ce-ext: ", "content-type: ", "text/plain", "%", "%20",
                "%41", "%C3%A9", "%c0%a0", "%00", "\"", "\\", "é", "\u{fffd}", "0.3", "ce_schemaurl: a:b\n",
                "ce-datacontentencoding: base64\n", "application/cloudevents+json", "portarium_types: n=i,b=b\n",
                "ce_n: 5\n", "datacontenttype", "data",
            ]
        case .recordHeaders, .spooledDelivery:
            ["\u{0}", "\u{0}\u{1}", "\u{0}\u{0}\u{0}\u{1}", "ce_", "ce_id", "content-type", "\u{7f}"]
        case .contentType:
            [";", "=", "\"", "\\", "/", " ", "\t", "+json", "charset", "utf-16", "*", ",", "application/cloudevents"]
        case .timestamp: ["0", "9", "60", "T", "t", "Z", "z", "+", "-", ":", ".", "24:00", " ", "31", "02-29", "٣"]
        case .expression:
            [
                "(", ")", "'", "\"", "\\", ",", " AND ", " OR ", " XOR ", "NOT ", " LIKE '%_'", " IN (", "EXISTS ", "-",
                "+", "*", "/", "%", "=", "<", ">", "!", "0", "2147483648", "-2147483648", "true", "text", "_", "ü", "👋",
                "\u{0}", "\n", "CONCAT(", "LEFT(text,", "SUBSTRING(text,", "missing", "INT(", "ABS(",
            ]
        case .webhook: Self.jsonWords + Self.webhookWords
        case .traceHeaders: Self.traceWords
        case .exportAnswer:
            Self.jsonWords + ["\n\u{2}\u{8}\u{7}", "\"rejectedSpans\":", "\"9\"", "-", "\u{8}", "\n", "\u{12}"]
        case .transform: Self.jsonWords + Self.transformWords
        case .filter, .subscription:
            Self.jsonWords + [
                "{\"all\":[", "{\"any\":[", "{\"not\":", "]}", "{\"exact\":{", "{\"sql\":\"", "\"prefix\"",
                "\"suffix\"",
                "type", "\"filters\":", "\"config\":", "\"start\":\"earliest\",", "\"sink\":", "\"protocol\":\"HTTP\",",
                "\"types\":[\"a\"],", "1e400", "-1",
            ]
        case .schema, .compatibility: Self.jsonWords + Self.schemaWords
        case .pattern: Self.patternWords
        case .host, .network:
            [
                ".", ":", "::", "[", "]", "%", "/", "0x", "0X", "0", "7", "08", "127", "256", "4294967295", "ffff", "f",
                "-", "_", "localhost", " ", "@", "\u{0}", "\u{FF11}", "\u{3002}", "\u{212A}", "+", "/32", "/128",
            ]
        }
    }

    private static let jsonWords = [
        "{", "}", "[", "]", ",", ":", "\"", "\\", "null", "true", "false", "0", "-", ".", "e", "E", "+", "1e1", "\\u00",
        "\\u0041", "\\ud83d\\ude00", "\\ud800", " ", "\n", "é", "😀", "[[[[[[[[", "]]]]]]]]", "12345678", "\u{7f}",
    ]

    private static let events = [
        "{\(envelope)}", "{\(envelope),\"data\":{\"a\":[1,\"é\\n\",null]},\"n\":-5,\"b\":true,\"u\":null}",
        "{\(envelope),\"datacontenttype\":\"text/plain\",\"data\":\"a\\u00e9\\ud83d\\ude00\"}",
        "{\(envelope),\"datacontenttype\":\"a/b\",\"data_base64\":\"Zm9vYg==\",\"subject\":\"x y\"}",
        "{\(envelope),\"time\":\"2018-04-05T17:31:00.5+02:00\",\"dataschema\":\"https://a/b?c\",\"ext\":\"\"}",
        "{\(envelope),\"datacontenttype\":\"application/cloudevents+json\",\"data\":{\"id\":1}}",
        #"{"specversion":"0.3","id":"1","source":"/s","type":"t","schemaurl":"a:b","n":1,"data":{}}"#,
        #"{"specversion":"0.3","id":"1","source":"s","type":"t","datacontentencoding":"base64","data":"e30="}"#,
    ]

    private static let messages = [
        "\(header)\n", "\(header)-\n",
        "\(header)content-type:application/json\nce-time:2018-04-05T17:31:00Z\n\n{\"a\":1}",
        "\(header)ce-subject:Euro%20%E2%82%AC%20%F0%9F%98%80\nce-ext:\"a \\\"b\\\"\"\nce-empty:\n\nbody",
        "\(header)Content-Type:text/plain; charset=utf-8\nCE-Dataschema:https://a/b\nhost:x\n\n",
        "ce-specversion:0.3\nce-id:1\nce-source:/s\nce-type:t\nce-datacontentencoding:base64\n\nZm9v",
        "\(header)ce-n:5\nce-flag:true\nportarium_types:n=i,flag=b\n\n1",
    ]

    private static let packedHeaders: [[UInt8]] = [
        [], pack([("a", "b")]), pack([("", ""), ("a", "")]),
        pack([
            ("ce_specversion", "1.0"), ("ce_id", "1"), ("ce_source", "/s"), ("ce_type", "t"), ("ce_n", "5"),
            ("content-type", "text/plain"), ("portarium_types", "n=i"), ("trace", "x"),
        ]),
    ]

    private static func pack(_ headers: [(String, String)]) -> [UInt8] {
        var packed: [UInt8] = []
        for (name, value) in headers {
            packed += [0, UInt8(name.utf8.count)]
            packed += name.utf8
            packed += [0, 0, 0, UInt8(value.utf8.count)]
            packed += value.utf8
        }
        return packed
    }

    private static let expressions = [
        "type = 'com.example.order.created' AND EXISTS text", "number + 1 * 2 - -3 % 5 >= 7 XOR NOT flag",
        "text LIKE 'Gr%_e, %' OR subject NOT LIKE '100\\%'", "number IN (1, 2, '42') AND source NOT IN ('/a', \"/b\")",
        "CONCAT_WS('-', UPPER(text), LEFT(type, 3), SUBSTRING(text, -2, 1)) != TRIM(' x ')",
        "LENGTH(text) > 3 AND (INT('7') = ABS(-7) OR BOOL('true'))", "missing = 1 OR NOSUCH(1, 2)",
        "1 / 0 = 2147483647",
    ]

    private static let hosts = [
        "example.com", "localhost.", "a-b.c_d.EXAMPLE", "192.0.2.1", "127.1", "0x7f.0.1", "017700000001", "2130706433",
        "[::1]", "2001:db8::1", "[::ffff:127.0.0.1]", "[64:ff9b::7f00:1]", "0x7f.010.1",
    ]

    private static let filters = [
        #"{"exact":{"type":"com.example.order.created","source":"/orders"}}"#, #"{"prefix":{"type":"com."}}"#,
        #"{"suffix":{"text":"👋"}}"#, #"{"not":{"sql":"EXISTS missing"}}"#,
        #"{"all":[{"any":[{"exact":{"a":"b"}},{"sql":"number = 42"}]},{"not":{"not":{"prefix":{"id":"1"}}}}]}"#,
    ]

    private static func subscription(filter: String) -> String {
        #"{"id":"orders-1","types":["a"],"filters":[\#(filter)],"sink":"https://example.com/in?x=1","protocol":"HTTP","#
            + #""config":{"concurrency":8,"mode":"batched","batch":{"max":7,"lingerMs":9},"start":"latest","#
            + #""retry":{"maxAttempts":3},"rateLimit":{"perSecond":0.5}}}"#
    }
}

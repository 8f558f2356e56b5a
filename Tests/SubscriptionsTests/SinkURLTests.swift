import Subscriptions
import Testing

@Suite struct SinkURLTests {
    static let good: [(text: String, origin: String, rest: String, normalised: String)] = [
        ("https://example.com/in", "https://example.com:443", "/in", "https://example.com/in"),
        ("http://example.com", "http://example.com:80", "/", "http://example.com/"),
        ("HTTPS://Example.COM:443/A?b=c", "https://example.com:443", "/A?b=c", "https://example.com/A?b=c"),
        ("http://localhost:8080?x", "http://localhost:8080", "/?x", "http://localhost:8080/?x"),
        ("http://127.0.0.1:9/", "http://127.0.0.1:9", "/", "http://127.0.0.1:9/"),
        ("http://[::1]:8080/a", "http://[::1]:8080", "/a", "http://[::1]:8080/a"),
        ("https://[2001:DB8::1]", "https://[2001:db8::1]:443", "/", "https://[2001:db8::1]/"),
        ("https://[2001:0db8:0:0::0001]", "https://[2001:db8::1]:443", "/", "https://[2001:db8::1]/"),
        ("https://[2001:0:0:1::0:1]", "https://[2001:0:0:1::1]:443", "/", "https://[2001:0:0:1::1]/"),
        ("https://[1:0:0:2:3::4]", "https://[1::2:3:0:0:4]:443", "/", "https://[1::2:3:0:0:4]/"),
        ("https://[::]", "https://[::]:443", "/", "https://[::]/"),
        ("http://[::ffff:c000:201]/", "http://[::ffff:192.0.2.1]:80", "/", "http://[::ffff:192.0.2.1]/"),
        ("https://[1:2:3:4:5:6:7:8]", "https://[1:2:3:4:5:6:7:8]:443", "/", "https://[1:2:3:4:5:6:7:8]/"),
        ("http://[::ffff:192.0.2.1]/", "http://[::ffff:192.0.2.1]:80", "/", "http://[::ffff:192.0.2.1]/"),
        ("http://xn--bcher-kva.example/", "http://xn--bcher-kva.example:80", "/", "http://xn--bcher-kva.example/"),
        (
            "http://my_service.default.svc:80/p%20q", "http://my_service.default.svc:80", "/p%20q",
            "http://my_service.default.svc/p%20q"
        ),
        ("http://example.com./", "http://example.com:80", "/", "http://example.com/"),
        ("http://example.com:/", "http://example.com:80", "/", "http://example.com/"),
        ("https://1password.example/", "https://1password.example:443", "/", "https://1password.example/"),
        ("https://example.com/a@b:c", "https://example.com:443", "/a@b:c", "https://example.com/a@b:c"),
    ]

    @Test(arguments: good)
    func aURLIsTakenApart(_ sample: (text: String, origin: String, rest: String, normalised: String)) throws {
        let url = try SinkURL(sample.text)
        #expect(url.origin == sample.origin)
        #expect(SinkURL.origin(ofSink: sample.text) == sample.origin)
        #expect(url.pathAndQuery == sample.rest)
        #expect(url.description == sample.normalised)
        #expect(try SinkURL(url.description) == url)
    }

    static let bad: [(text: String, word: String)] = [
        ("", "empty"), ("example.com/in", "absolute"), ("/in", "absolute"), ("//example.com/", "absolute"),
        ("https:/example.com", "absolute"),
        ("ftp://example.com/", "'ftp'"), ("javascript://x/", "'javascript'"), ("file:///etc/passwd", "'file'"),
        ("://example.com", "scheme"),
        ("https://", "no host"), ("https:///in", "no host"), ("https://:80/", "no host"), ("https://?x", "no host"),
        ("https://user@example.com/", "user name"), ("https://user:secret@example.com/", "user name"),
        ("https://example.com/#top", "fragment"),
        ("https://exa mple.com/", "white space"), ("https://example.com/\n", "white space"),
        (" https://example.com/", "white space"),
        ("https://example.com/\u{7f}", "control"), ("https://bücher.example/", "Punycode"),
        ("https://example.com/ü", "ASCII"),
        ("https://example.com:0/", "port"), ("https://example.com:65536/", "port"),
        ("https://example.com:80a/", "port"),
        ("https://example.com:-1/", "port"), ("https://[::1/", "]"), ("https://[:::1]/", "IPv6"),
        ("https://[1:2:3]/", "IPv6"),
        ("https://[::1%25eth0]/", "IPv6"), ("https://[1:2:3:4:5:6:7:8:9]/", "IPv6"), ("https://[1::2::3]/", "IPv6"),
        ("https://[::1]x/", "port"), ("https://user:pa/ss@example.com/", "user name"),
        ("https://[]/", "IPv6"), ("https://[::300.1.1.1]/", "IPv6"), ("https://-a.example/", "hyphens"),
        ("https://a-.example/", "hyphens"),
        ("https://a..b/", "empty"), ("https://.a/", "empty"), ("https://./", "empty"), ("https://a,b/", "hyphens"),
        ("https://127.1/", "IPv4"),
        ("https://2130706433/", "IPv4"), ("https://0x7f000001/", "IPv4"), ("https://0x7f.0.0.0x1/", "IPv4"),
        ("https://256.1.1.1/", "IPv4"),
        ("https://01.2.3.4/", "IPv4"), ("https://1.2.3.4.5/", "IPv4"), ("https://example.com/%", "%25"),
        ("https://example.com/%zz", "%25"),
        ("https://example.com\\@evil.example/", "'\\'"), ("https://example.com/<x>", "'<'"),
        ("https://example.com/{id}", "'{'"),
        ("https://" + String(repeating: "a", count: 64) + ".example/", "63"),
        ("https://e.example/" + String(repeating: "x", count: 2_048), "2048"),
        ("https://" + String(repeating: "abcdefg.", count: 40) + "example/", "253"),
    ]

    @Test(arguments: bad)
    func aTextThatIsNoSinkIsRefusedWithTheMend(_ sample: (text: String, word: String)) {
        let error = #expect(throws: SinkURLError.self) { try SinkURL(sample.text) }
        #expect(error?.reason.contains(sample.word) == true, "\(sample.text): \(error?.reason ?? "")")
        #expect(SinkURL.origin(ofSink: sample.text) == nil)
    }
}

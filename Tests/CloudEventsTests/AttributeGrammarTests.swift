import CloudEvents
import NIOCore
import Testing

/// The types that have a grammar of their own: URI-reference, URI, timestamp, media type.
struct AttributeGrammarTests {
    private func isValid(_ name: String, _ value: String) -> Bool {
        do throws(CloudEventError) {
            try CloudEvent.sample(name, value).validate()
            return true
        } catch {
            #expect(error.code == .invalidAttributeValue)
            #expect(error.attribute == name)
            return false
        }
    }

    private static let uris = [
        "http://a", "http://a/", "https://user:pa%20ss@example.com:8080/a/b;c=1?q=/?#frag/?", "http://[::1]:80/",
        "http://[2001:db8::7]/c=GB?objectClass?one", "http://[::ffff:192.0.2.1]/", "http://[1:2:3:4:5:6:7:8]",
        "http://[1:2:3:4:5:6:1.2.3.4]/", "http://[::]", "http://[1::]", "http://[1:2:3:4:5:6:7::]", "http://[v1.a:b]/",
        "ftp://ftp.is.co.za/rfc/rfc1808.txt", "mailto:John.Doe@example.com", "news:comp.infosystems.www.servers.unix",
        "tel:+1-816-555-1212", "telnet://192.0.2.16:80/", "urn:oasis:names:specification:docbook:dtd:xml:4.1.2",
        "urn:uuid:6e8bc430-9c3a-11d9-9669-0800200c9a66", "file:///etc/hosts", "a:", "a+b-c.d:x", "http://a:/", "x://",
        "http://999.999.999.999/", "http://%41/", "s:?q", "s:#f", "a:b:c", "tag:example.com,2026:x", "http://a//b",
    ]
    private static let relativeReferences = [
        "/", "/mycontext/subcontext", "cloudevents", "1-555-123-4567", "//github.com/cloudevents/spec", "a/b:c",
        "./a:b",
        "?q", "#f", "../..", "%20", "~user", "/a?b#c", "//[::1]/x", "/sensors/tn-1234567/alerts", "*", "'()", "a@b",
    ]
    private static let notReferences = [
        " ", "a b", "/a b", "http://a b/", "\\", "a\\b", "<x>", "\"x\"", "{x}", "a|b", "a^b", "`", "%", "%2", "%zz",
        "/%g0",
        "1a:b", "a_b:c", ":", ":a", "http://[", "http://[]", "http://[::1", "http://[:::1]", "http://[1:2]",
        "http://[1:2:3:4:5:6:7:8:9]", "http://[1::2::3]", "http://[12345::]", "http://[::1.2.3]",
        "http://[::256.1.1.1]",
        "http://[::01.1.1.1]", "http://[g::]", "http://[1:2:3:4:5:6:7:]", "http://[:1:2:3:4:5:6:7]", "http://[v.a]",
        "http://[v1.]", "http://[v1]", "http://a:b/", "http://a:80a/", "http://a@b@c/", "http://[::1]x/", "a#b#c", "/ü",
        "http://exämple.com", "http://[::1.2.3.4:1]", "http://[1:2:3:4:5:6:7:1.2.3.4]", "x://[fe80::1%eth0]/",
    ]

    @Test(arguments: Self.uris) func uriPasses(value: String) {
        #expect(self.isValid("source", value))
        #expect(self.isValid("dataschema", value))
    }

    @Test(arguments: Self.relativeReferences) func relativeReferenceIsASourceButNoSchema(value: String) {
        #expect(self.isValid("source", value))
        #expect(!self.isValid("dataschema", value))
    }

    @Test(arguments: Self.notReferences) func whatIsNoReferenceIsRefused(value: String) {
        #expect(!self.isValid("source", value))
        #expect(!self.isValid("dataschema", value))
    }

    @Test func timeMustBeATimestamp() {
        #expect(self.isValid("time", "2018-04-26T14:48:09+02:00"))
        #expect(self.isValid("time", "2018-04-26T14:48:09.1234Z"))
        #expect(!self.isValid("time", "2018-04-26"))
        #expect(!self.isValid("time", "yesterday"))
        #expect(self.isValid("mytime", "yesterday"))
    }

    @Test(arguments: [
        "application/json", "APPLICATION/JSON", "text/plain; charset=utf-8", "text/plain;charset=utf-8",
        "text/plain ; charset=\"utf-8\"", "a/b;c=\"d;e\\\"f\"", "application/vnd.apache.thrift.binary",
        "application/cloudevents+json", "multipart/form-data; boundary=x; a=b", "a/b;", "a/b; ;c=d",
        "!#$%&'*+-.^_`|~/x",
        "text/x-c++", "a/b;c=\"\"", "plain/text; charset=us-ascii", "a/b;c =d", "a/b;c= d", "a/b;c = \"d\" ;e=f",
    ])
    func mediaTypePasses(value: String) { #expect(self.isValid("datacontenttype", value)) }

    @Test(arguments: [
        "json", "application", "application/", "/json", "application//json", "application/json/x", "application /json",
        "application/ json", "text/plain charset=utf-8", "text/plain; charset", "text/plain; charset=",
        "text/plain; =x",
        "text/plain; charset=\"utf-8", "text/plain; charset=a b", "text/plain, text/html", "(comment)text/plain",
        "tëxt/plain",
        "a/b;c=\"x\\", "a/b;c =", "a/b; = d", " text/plain", "text/*;q={1}", "a/b;c=d\"",
        "a/b;c=\"ü\"", "a/b;c=\"😀\"", "a/b;c=ü",
    ])
    func whatIsNoMediaTypeIsRefused(value: String) { #expect(!self.isValid("datacontenttype", value)) }
}

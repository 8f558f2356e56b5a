import Crypto
import Foundation

extension RequestTemplate {
    /// A webhook of GitHub for an opened pull request, signed; each has a delivery id of its own.
    static func gitHub(endpoint: String, secret: String) -> RequestTemplate {
        let body = Self.pullRequest
        let code = HMAC<SHA256>.authenticationCode(
            for: Data(body.utf8), using: SymmetricKey(data: Data(secret.utf8)))
        let signature = code.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        let text = """
            POST /v1/webhooks/\(endpoint) HTTP/1.1\r\nhost: 127.0.0.1\r\nuser-agent: GitHub-Hookshot/044aadd\r\n\
            accept: */*\r\nx-github-delivery: \(Self.number)\r\nx-github-event: pull_request\r\n\
            x-github-hook-id: 292430182\r\nx-github-hook-installation-target-id: 79929171\r\n\
            x-github-hook-installation-target-type: repository\r\nx-hub-signature-256: sha256=\(signature)\r\n\
            content-type: application/json\r\ncontent-length: \(body.utf8.count)\r\n\r\n\(body)
            """
        return RequestTemplate(text: text, eventsPerRequest: 1, keys: 1)
    }

    /// The event that such a webhook becomes, in binary mode.
    static var gitHubEvent: RequestTemplate {
        let body = Self.pullRequest
        let text = """
            POST /v1/events HTTP/1.1\r\nhost: 127.0.0.1\r\nce-specversion: 1.0\r\nce-id: \(Self.number)\r\n\
            ce-source: https://api.github.com/repos/octo-org/octo-repo\r\nce-type: com.github.pull_request.opened\r\n\
            ce-subject: 42\r\nce-time: 2026-01-01T00:00:00Z\r\nce-partitionkey: octo-org/octo-repo\r\n\
            content-type: application/json\r\ncontent-length: \(body.utf8.count)\r\n\r\n\(body)
            """
        return RequestTemplate(text: text, eventsPerRequest: 1, keys: 1)
    }

    /// 7 KB in the shape of GitHub's: few long texts, many short ones, numbers, nested once or twice.
    static let pullRequest: String = {
        let repository = "https://api.github.com/repos/octo-org/octo-repo"
        let links = [
            "keys{/key_id}", "collaborators{/collaborator}", "teams", "hooks", "issues/events{/number}", "events",
            "assignees{/user}", "branches{/branch}", "tags", "git/blobs{/sha}", "git/tags{/sha}", "git/refs{/sha}",
            "git/trees{/sha}", "statuses/{sha}", "languages", "stargazers", "contributors", "subscribers",
            "subscription", "commits{/sha}", "git/commits{/sha}", "comments{/number}", "issues/comments{/number}",
            "contents/{+path}", "compare/{base}...{head}", "merges", "{archive_format}{/ref}", "downloads",
            "issues{/number}", "pulls{/number}", "milestones{/number}", "labels{/name}", "releases{/id}", "deployments",
        ]
        let urls = links.enumerated().map { #""link_\#($0.offset)_url":"\#(repository)/\#($0.element)""# }
            .joined(separator: ",")
        let user =
            #"{"login":"octocat","id":583231,"node_id":"MDQ6VXNlcjU4MzIzMQ==","type":"User","site_admin":false,"#
            + #""url":"https://api.github.com/users/octocat","html_url":"https://github.com/octocat"}"#
        let text = String(repeating: "This changes how the thing works, and why is told here at length. ", count: 41)
        return #"{"action":"opened","number":42,"pull_request":{"url":"\#(repository)/pulls/42","id":1234567,"#
            + #""number":42,"state":"open","locked":false,"title":"A change","user":\#(user),"body":"\#(text)","#
            + #""created_at":"2026-01-01T00:00:00Z","updated_at":"2026-01-01T00:00:00Z","closed_at":null,"labels":[],"#
            + #""draft":false,"commits":3,"additions":120,"deletions":7,"changed_files":5,"#
            + #""head":{"ref":"change","sha":"6dcb09b5b57875f334f61aebed695e2e4193db5e","user":\#(user)},"#
            + #""base":{"ref":"main","sha":"7fd1a60b01f91b314f59955a4e4d4e80d8edf11d","user":\#(user)}},"#
            + #""repository":{"id":1296269,"name":"octo-repo","full_name":"octo-org/octo-repo","private":false,"#
            + #""owner":\#(user),"url":"\#(repository)",\#(urls)},"sender":\#(user)}"#
    }()
}

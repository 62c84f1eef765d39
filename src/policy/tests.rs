#[test]
fn probe() {
    let read = |_: &str| Ok(None);
    for text in [
        "a = ",
        "a = 1\nb = [1, 2\nc = \"x\n",
        "\u{feff}[project]\ninclud = []\n",
        "[[legacy]]\nid = \"a\"\nsymbol = [\"a:B\"]\n",
        "[[legacy]]\nid = \"a\"\nsymbols = \"a:B\"\n\n[[legacy]]\nid = \"A b\"\nsymbols = [\"a.b.C.d\"]\nrequire = \"removd\"\nremove-by = \"2025-13-01\"",
        "[legacy]\nid = \"a\"\n",
        "[[project]]\ninclude = [\"a\"]\n",
        "project = 1\n",
        "[[legacy]]\nsymbols = [\"a:B\", 3]\n[[only-through]]\nid = \"x\"\ncalls = [\"os.getenv\"]\nthrough=[\"a\"]\nallow = [{ path = \"x\", reason = \" \" }, { path = \"x\" }, \"x\"]",
        "[[legacy]]\nid = \"x\"\nsymbols = [\"a:B\"]\nrequire = { code = \"gone\", test = \"residue\" }\nremove-by = 2025-01-01T10:00:00Z\nseverity = \"fatal\"\n",
        "[[legacy]]\nid = \"x\"\nsymbols = [\"a:B\"]\nrequire = 3\nremove-by = 2025-01-01\nsummary = 3\n",
        "[[single-source]]\nid = \"x\"\n",
        "extends = [\"builtin:legcy\", \"legacy\", \"x.toml\"]\n",
        "[[family]]\nid = \"x\"\nquery = \"handler-methods\"\nnames = [\"a.b\"]\n[[family]]\nid=\"x\"\nbeside-successor = \"true\"",
        "[[family]]\nid = \"x\"\nexamples = [{ match = 3 }, { match = \"a\", no-match = \"b\" }, { match = \"x\", findings = -1}]",
    ] {
        println!("=== {text}\n---");
        match super::Policy::parse(text, "solely.toml", &read) {
            Ok(policy) => println!("OK {policy:?}"),
            Err(errors) => for error in errors {
                println!("{error}\n     {:?}\n     help: {:?}\n     legal: {:?}", error.frame.as_ref().map(|f| &f.text[f.span.clone()]), error.help, error.legal);
            }
        }
    }
}

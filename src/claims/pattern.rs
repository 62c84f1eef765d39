//! The patterns of sentences, over text in which code is replaced by marks (`@0@`).
//!
//! Invariant: a pattern fits the whole phrase that it claims to understand, up to a `TAIL` that ends it; all of them
//! ignore case. Absent on purpose: what a match means; that is `sentence`.

use regex::Regex;
use std::sync::LazyLock;

/// Words between a verb and a name that change nothing about which thing is meant.
const QUALIFIERS: &str = r"(?:(?:the|a|an|all|both|these|those|this|entire|whole|remaining|legacy|deprecated|unused|old|obsolete|duplicated?|redundant|dead|temporary|temp|orphaned|stale|superfluous|compatibility|files?|class(?:es)?|functions?|methods?|modules?|helpers?|scripts?)\s+)*";
/// What a name is called behind it.
const KIND: &str = r"(?:(?:\s+(?:legacy|deprecated|unused|old|helper|compatibility))*\s+(?:files?|class(?:es)?|functions?|methods?|modules?|helpers?|scripts?|handlers?|components?|constants?|definitions?|implementations?|alias(?:es)?|endpoints?|flags?))?";
const NAMES: &str = r"@\d+@(?:\s*(?:,\s*and|,|and|&|\+)\s+@\d+@)*";
/// Where a phrase may begin.
const START: &str = r"(?:^|[:;,.(]\s*|-\s+|\band\s+|\u{2713}\s*)";
/// From where something was removed.
const FROM: &str = r"(?:\s+(?:completely\s+|entirely\s+)?from\s+(?:the\s+)?(?:(?P<from>@\d+@)|(?P<everywhere>(?:entire\s+|whole\s+|production\s+)?(?:codebase|code\s+base|repository|repo|project|source\s+tree|system))|(?P<elsewhere>[^@.;,()]{1,60}?)))?";
/// "Removed `x` completely".
const WHOLLY: &str = r"(?:\s+(?:completely|entirely|fully|permanently))?";
/// Why something was moved or renamed, which changes nothing about what was.
const FOR: &str = r"(?:\s+for\s+(?:better\s+)?[a-z]+(?:\s+and\s+[a-z]+)?)?";
/// How a phrase may end.
const TAIL: &str = r"\s*(?:$|[.;,:!(]|-\s|->|(?:and|as|since|because|per|after|following|during|due\s+to|in\s+favou?r\s+of|to\s+(?:eliminate|enforce|prevent|avoid|reduce|fix|stop|resolve|simplify|complete|support|comply|achieve)|which|that|now|with)\b)";
pub(super) const PAST: &str = r"(?:removed|deleted|eliminated|dropped|purged|retired)";
pub(super) const PRESENT: &str =
    r"(?:removes?|deletes?|eliminates?|drops?|purges?|retires?|removing|deleting|eliminating)";
const ABOUT: &str = r"(?P<about>~|≈|>=?|<=?|≥|≤|about|around|approximately|approx\.?|roughly|nearly|almost|over|more\s+than|at\s+least|up\s+to|at\s+most|under|less\s+than|fewer\s+than|all|exactly|a\s+total\s+of|total\s+of)?\s*";
const DIGITS: &str = r"(?P<number>\d[\d,]*)(?P<plus>\+?)";
const COUNTED: &str = r"(?P<noun>lines?|loc|deletions?|files?|modules?|methods?|functions?|classes|class|imports?|import\s+statements?|tests)\b";

pub(super) fn pattern(text: &str) -> Regex {
    Regex::new(&format!("(?i){text}")).expect("a constant pattern")
}

macro_rules! patterns {
    ($($name:ident = $($part:expr),+;)*) => {
        $(pub(super) static $name: LazyLock<Regex> = LazyLock::new(|| pattern(&[$(String::from($part)),+].concat()));)*
    };
}

patterns! {
    PLAN = r"\b(?:will|todo|to-do|tbd|planned|pending|next\s+steps?|going\s+to|to\s+be\s+\w+|needs?\s+to|remains\s+to|recommend(?:ed|ation|s)?|consider|future|upcoming|scheduled|ready\s+for)\b|\?$";
    PLAN_HEADING = r"^(?:\d+[.)]?\s*)?(?:next\s+steps?|to-?\s?do|future|follow-?\s?ups?|planned|plan\b|remaining|open\s+(?:items|questions)|recommendations?|proposal|proposed)\b";
    HEDGE = r"\b(?:not|never|cannot|unless|partial|partially|partly|mostly|most\s+of|some\s+of|previously|already|earlier|attempt\w*|tried|revert\w*|restored?|re-?add\w*|if|except|however|instead\s+of|would|could|should|might|may|but|until|when)\b|n't\b";
    OTHER_COMMIT = r"\b(?:[0-9a-f]*\d[0-9a-f]*[a-f][0-9a-f]*|[0-9a-f]*[a-f][0-9a-f]*\d[0-9a-f]*)\b";
    CLAIM_LIKE = r"\b(?:remov\w+|delet\w+|eliminat\w+|no|zero|none|all|every|only|never|verified|validated|confirmed|completed?s?|passed|passing|pass|success\w*|working|works|remain\w*|functional|operational|maintain\w*|preserv\w*|resolved|fixed|clean\w*|healthy|ensur\w+|guarantee\w*|replac\w+|moved?|renamed?|consolidat\w+|migrat\w+|updated?s?|reduc\w+|without|single)\b|100\s*%|\u{2713}";
    OTHER_NUMBER = r"(?:^|[^\w.@-])\d[\d,]*\+?\s+(?:[a-z]+\s+){0,4}(?:lines?|loc|files?|modules?|methods?|functions?|class(?:es)?|imports?|tests?|remain\w*|\w*files|modified|changed|added|kept)\b";
    AND_OTHERS = r"(?:^|\s)(?:all\s+|any\s+|its\s+|the\s+|their\s+)*(?:related|associated|corresponding|dependent|supporting)\s+[a-z]+|\b(?:and|plus)\s+(?:all\s+|the\s+)*others?\b";
    // what follows is no part of what is counted: what came instead, why, and by what
    ASIDE = r"\b(?:and\s+(?:replac|mov|add|updat|creat|migrat|consolidat|introduc|us)[a-z]+|replac(?:ed|ing)|in\s+favou?r\s+of|instead\s+of|violating|per|via|using|because|since|so\s+that|following|according\s+to|to\s+[a-z]+)\b";
    IMPORTS_OF = r"^[^.;]{0,60}?\b(?P<of>(?:to\s+use|to\s+the|to\s+new|of|for|from|in)\s+[^.;]{1,60})";
    STRONG_HEADING = r"\b(?:no|zero|all|100\s*%|complete(?:d|ly)?)\b";

    REMOVED_PAST = START, PAST, r"\s*:?\s+", QUALIFIERS, "(?P<names>", NAMES, ")", KIND, WHOLLY, FROM, TAIL;
    REMOVED_PRESENT = START, PRESENT, r"\s*:?\s+", QUALIFIERS, "(?P<names>", NAMES, ")", KIND, WHOLLY, FROM, TAIL;
    REMOVED_PASSIVE = START, QUALIFIERS, "(?P<names>", NAMES, ")", KIND,
        r"\s+(?:(?:has|have|was|were|is|are|been|now|successfully)\s+)*(?P<wholly>(?:completely|fully|entirely|permanently)\s+)?(?:removed|deleted|eliminated|gone|dropped|retired|purged)", FROM, TAIL;
    ITEM = r"^(?:(?P<label>[^@:]{1,60}?)(?:\s+-\s+|:\s+))?", QUALIFIERS, "(?P<names>", NAMES, ")", KIND, FROM, TAIL;
    FLAG_ITEM = r"\bflags?\b[^@]*(?P<names>@\d+@)";
    REMOVAL_LEAD = r"\b(?:removed|deleted|eliminated)\b";
    REMOVAL_LEAD_MESSAGE = r"\b(?:removed?s?|deleted?s?|eliminated?s?)\b";
    NO_REMOVAL_LEAD = r"\b(?:not|kept|keep|preserved?|replac\w+|instead|into|new|now|to\s+be|will|after|before|imports?|exports?|references?|usages?|calls?|logs?|added|updated|fixed|tests?)\b";
    KEPT_LEAD = r"\b(?:kept|preserved|retained|remaining|maintained)\b";
    ADDED_LEAD = r"\b(?:added|created|new\s+files?|new\s+modules?|introduced)\b";
    LEAD_FROM = r"\bfrom\s+(@\d+@)";
    KEPT = START, r"(?:keeps?|kept|preserve[sd]?|retain(?:s|ed)?)\s*:?\s+", QUALIFIERS, "(?P<names>", NAMES, ")", KIND, TAIL;
    KEPT_PASSIVE = START, QUALIFIERS, "(?P<names>", NAMES, ")", KIND,
        r"\s+(?:(?:is|are|was|were|has\s+been|still)\s+)*(?:kept|preserved|retained|remains?|exists?|present|defined|in\s+place|available)", TAIL;
    ABSENT = START, QUALIFIERS, "(?P<names>", NAMES, ")", KIND,
        r"\s+(?:no\s+longer\s+(?:exists?|defined|present)|(?:does|do)\s+not\s+exist(?:\s+any\s?more)?|(?:is|are)\s+(?:completely\s+)?gone)", TAIL;
    ADDED = START, r"(?:add(?:ed|s)?|creat(?:ed|es?)|introduc(?:ed|es?)|implement(?:ed|s)?)\s*:?\s+(?:new\s+)?", QUALIFIERS, "(?P<names>", NAMES, ")", KIND,
        r"(?:\s+(?:in|to|at)\s+(?:the\s+)?(?P<within>@\d+@))?", TAIL;
    MOVED = r"\b(?:mov(?:ed|es?)|relocat(?:ed|es?))\s+", QUALIFIERS, r"(?P<what>@\d+@)", KIND, r"(?:\s+from\s+@\d+@)?\s+(?:in)?to\s+(?P<to>@\d+@)", FOR, TAIL;
    MOVED_PASSIVE = START, QUALIFIERS, r"(?P<what>@\d+@)", KIND, r"\s+(?:(?:has|was|is|been|now)\s+)*(?:moved|relocated)\s+(?:in)?to\s+(?P<to>@\d+@)", TAIL;
    RENAMED = r"\brenam(?:ed|es?)\s+", QUALIFIERS, r"(?P<what>@\d+@)", KIND, r"\s*(?:to|as|into|->)\s*(?P<to>@\d+@)", FOR, TAIL;
    RENAMED_PASSIVE = START, QUALIFIERS, r"(?P<what>@\d+@)", KIND, r"\s+(?:(?:has|was|is|been|now)\s+)*renamed\s+(?:to|as)\s+(?P<to>@\d+@)", TAIL;

    SPAN = r"(?P<name>@\d+@)(?:\s+(?:method|function|class))?\s*\((?:lines?\s+)?(?P<start>\d{1,7})\s*-\s*(?P<end>\d{1,7})(?:\s+lines?)?\)";
    NAME_LINES = r"(?P<name>@\d+@)(?:\s+(?:method|function|class|module|file|handler|script)s?)?\s*\((?P<about>~)?(?P<number>\d[\d,]*)(?P<plus>\+?)\s*(?:lines?|loc)\b(?:\s+(?:removed|deleted|eliminated))?\)";
    COUNT_PLACE = r"^\s+(?:from|in|under|within|inside|out\s+of)\s+(?:the\s+|our\s+|an?\s+)?(?:(?P<whole>(?:entire\s+|whole\s+)?(?:codebase|code\s+base|repository|repo|project|source\s+tree|total|all|this|one|commit|pr|change)\b)|(?P<root>(?:project\s+|repository\s+|repo\s+)?root\b)|(?P<place>[a-z][^@.;,()]{1,40}))";
    COUNT_VERB = r"\b(?P<verb>", PAST, "|", PRESENT, r")\s*:?\s+(?:the\s+)?", ABOUT, DIGITS, r"\s*-?\s*(?P<words>(?:[a-z][a-z/-]*\s+){0,4}?)", COUNTED, r"(?P<of>\s+of\s+[a-z][a-z /-]{0,50})?";
    COUNT_PASSIVE = ABOUT, r"\b", DIGITS, r"\s+(?P<words>(?:[a-z][a-z/-]*\s+){0,4}?)", COUNTED, r"(?P<of>\s+of\s+[a-z][a-z /-]{0,50}?)?\s+(?:(?:has|have|been|were|was|are|successfully|completely)\s+)*", PAST, r"\b";
    COUNT_LABEL = r"\b(?P<words>)", COUNTED, r"(?P<of>\s+of\s+[a-z][a-z /-]{0,30}?)?\s+", PAST, r"\s*[:=|-]?\s*", ABOUT, DIGITS, r"(?:\s|$|[.,;)])";
    COUNT_MINUS = r"(?:^|[\s(])-(?P<number>\d[\d,]*)(?P<plus>)(?P<about>)\s+(?P<words>)(?P<noun>lines?|loc)(?P<of>)\b";
    DIFFSTAT = r"\+(?P<added>\d[\d,]*)\s*(?:lines?\s*)?(?:additions?|insertions?)?\s*[/,]\s*-(?P<number>\d[\d,]*)(?:\s+(?:lines?|deletions?))?";
    NET = r"\bnet\s+(?:(?:reduction|removal|change|decrease|line\s+reduction)\s*)?(?:of\s+|by\s+|:\s*)?-?", ABOUT, DIGITS, r"\s+(?P<words>)(?P<noun>lines?|loc)(?P<of>)\b";
    REDUCED_BY = r"\b(?:reduc(?:ed|es?|tion)|shr(?:ank|unk)|code\s+reduction)(?:\s+(?:the\s+)?(?P<words>codebase|code\s+size|code\s+duplication|duplication|code))?\s*(?:by|of|:)\s*", ABOUT, DIGITS, r"\s+(?P<noun>lines?|loc)(?P<of>)\b";
    SHRUNK = r"(?P<from>\d[\d,]*)\s*(?:lines?\s*)?(?:->|to)\s*(?P<to>\d[\d,]*)\s*(?:lines?|loc)\b|(?P<from2>\d[\d,]*)\s*(?:lines?|loc)\s*(?:->|to)\s*(?P<to2>\d[\d,]*)\b";
    PERCENT = r"(?P<whole>\d{1,3})(?:\.(?P<tenth>\d))?\s*%\s*(?:code\s+|line\s+|size\s+)?(?:reduction|smaller|less\s+code|fewer\s+lines)|\b(?:reduc(?:ed|es|tion)|shr(?:ank|unk))\s*(?:by|of|:)?\s*(?P<whole2>\d{1,3})(?:\.(?P<tenth2>\d))?\s*%";
    ABOUT_QUALITY = r"\b(?:complexity|memory|latency|time|cost|debt|risk|confusion|coverage|usage|errors?)\b";
    LABEL = r"^\s*[a-z][a-z /-]{0,40}:(?:\s|$)";
    ABOUT_CODE = r"\b(?:lines?|code|loc|file\s+size)\b|@\d+@";

    IMPORT_LIST = r"\b(?:removed?s?|cleaned\s+up|clean\s+up|deleted?s?|dropped)\s+(?:the\s+|all\s+|unused\s+|obsolete\s+)*(?P<list>(?:@\d+@|[A-Za-z_]\w*)(?:\s*,\s*(?:and\s+)?(?:@\d+@|[A-Za-z_]\w*))+|@\d+@)\s+imports?\b";
    NAME_USES = r"\b(?P<verb>", PAST, "|", PRESENT, r")\s+(?:the\s+|all\s+|every\s+|direct\s+)*(?P<names>", NAMES, r")\s+(?:dependenc(?:y|ies)|usages?|uses?|references?|calls?)\b", TAIL;
    NO_DUPLICATES = r"\b(?:no|zero|0)\s+(?:more\s+|remaining\s+|known\s+|code\s+)?duplicat(?:es?|ions?|ed)(?:\s+(?:implementations?|code|class(?:es)?|definitions?|logic|functions?|handlers?))?(?:\s+(?:of\s+)?(?P<name>@\d+@))?(?:\s+(?:were\s+|was\s+|are\s+|is\s+)?(?:detected|found|remain(?:s|ing)?|left|exists?|present))?", TAIL;
    SINGLE_SOURCE = r"\b(?:(?:ensures?|maintains?|establish(?:ed|es)?|enforces?)\s+)?single\s+source\s+of\s+truth\b(?:\s+(?:is\s+|was\s+)?(?:fully\s+)?(?:maintained|established|preserved|enforced|achieved|verified|confirmed|intact|restored|ensured))?|\bssot\s+(?:compliance\s+|patterns?\s+|principles?\s+)?(?:is\s+|was\s+)?(?:fully\s+)?(?:maintained|established|preserved|enforced|achieved|verified|confirmed|intact|restored|ensured|complete)\b";
    SOURCE_NAME = r"(?P<name>@\d+@)\s+(?:is\s+|as\s+|becomes?\s+|now\s+)*(?:the\s+|a\s+)?(?:canonical\s+|true\s+|only\s+)?single\s+source\s+of\s+truth|single\s+source\s+of\s+truth\s+(?:in|is|through|via|:|=)\s*(?P<name2>@\d+@)";
    NO_REFERENCES = r"\b(?:no|zero|0)\s+(?:remaining\s+|more\s+|production\s+|code\s+|further\s+)*(?P<words>(?:@\d+@|[A-Za-z]\w*)(?:\s+(?:@\d+@|[A-Za-z]\w*)){0,3}?)\s*-?\s*(?:related\s+)?(?:references?|imports?|usages?|uses|callers?|call\s+sites?)(?:\s+(?:to|of)\s+(?P<to>@\d+@))?(?:\s+(?:were\s+|was\s+|are\s+|is\s+)?(?:detected|found|remain(?:s|ing)?|left|exists?|present))?", TAIL;
    NO_REFERENCES_TO = r"\b(?:no|zero|0)\s+(?:remaining\s+|more\s+|production\s+|code\s+|further\s+)*(?:references?|imports?|usages?|uses|callers?|call\s+sites?)\s+(?:to|of|for)\s+(?P<to>@\d+@)(?:\s+(?:were\s+|was\s+|are\s+|is\s+)?(?:detected|found|remain(?:s|ing)?|left|exists?|present))?", TAIL;
    IMPORTS_FOLLOW = r"\ball\s+(?:[a-z]+\s+){0,3}?imports?(?:\s+(?:paths?|statements?))?\s+(?:(?:have\s+been|were|are|successfully|correctly|now)\s+)*(?:updated|fixed|migrated)\b";
    IMPORTS_UPDATED = r"\b(?P<verb>updat(?:ed|es?)|fix(?:ed|es)?|migrat(?:ed|es?))\s+all\s+(?:[a-z]+\s+){0,2}?imports?\b";
    IMPORTS_RESOLVE = r"\ball\s+(?:[a-z]+\s+){0,3}?imports?(?:\s+(?:paths?|statements?))?\s+(?:(?:have\s+been|were|are|still|successfully|correctly|now)\s+)*(?:work|working|resolved?|correct|functional|valid)\b|\b(?:no|zero)\s+(?:broken|dangling|missing)\s+(?:imports?|references?)\b";
    NO_BREAKING = r"\b(?:no|zero|0|without(?:\s+any)?)\s+breaking\s+changes?\b|\bbackwards?\s+compatib(?:le|ility)\s+(?:is\s+)?(?:maintained|preserved|kept)";

    LOG_NONE = r"\b(?:no|zero|0)\s+(?P<words>[a-z0-9][a-z0-9 -]{0,40}?)(?:-related)?\s+(?:logs?|log\s+(?:entries|lines|messages))\b";
    LOG_ERRORS = r"\b(?:no|zero|0)\s+(?P<words>(?:[a-z0-9-]+\s+){0,3}?(?:errors?|warnings?|exceptions?))(?:\s+(?:messages?|entries|lines))?\b";
    LOG_ONLY = r"\ball\s+(?P<with>[a-z0-9]+)\s+logs?\s+(?:entries\s+)?(?:shows?|use|contain)\s+(?P<holds>[a-z0-9]+)(?:\s+patterns?)?(?:\s+only)?";
    LOGS_CLEAN = r"\blogs?\s+(?:are\s+|is\s+|were\s+)?clean\b|\bclean\s+logs?\b";
    PASSED_OF = r"(?P<passed>\d{1,7})\s*(?:/|of|out\s+of)\s*(?P<total>\d{1,7})\b";
    TESTS = r"\btests?\b|\bpass(?:ed|ing)?\b";
    TEST_TOTAL = r"\btotal\s+tests?(?:\s+(?:run|executed))?\s*[:=|-]?\s*(?P<n>\d{1,7})\b|\b(?P<n2>\d{1,7})\s+tests?\s+(?:in\s+total|total|run|executed)\b";
    EXPECTED_FAILURES = r"\bexpected\s+failures?\s*[:=|-]?\s*(?P<n>\d{1,7})\b|\b(?P<n2>\d{1,7})\s+expected\s+failures?\b";
    ALL_PASS = r"\ball\s+(?P<of>(?:[a-z]+\s+){0,3}?)tests?\s+(?:are\s+|have\s+|now\s+|still\s+)*pass(?:ed|ing)?\b";
    ALL_TESTS = r"\ball\s+(?:[a-z]+\s+){0,3}?tests?\s+(?:are\s+|have\s+|now\s+)*pass(?:ed|ing)?\b|\btests?\s+(?:all\s+)?pass(?:ed|ing)?\b|\btest\s+(?:suite|results?)\b";
    COVERAGE = r"(?P<whole>\d{1,3})(?:\.(?P<tenth>\d)\d*)?\s*%";
    HEALTH = r"\bhealthy\b|\bhealth\s?-?(?:check|endpoint|status)\b";
    RUN = r"\b(?:functional(?:ly)?|operational|working|works|success(?:ful(?:ly)?)?|compiles?|running|serving|deployed|deployment|startup|start-up|latency|performance|instantiat\w+|build)\b";
    WITHOUT_PARENTHESES = r"\([^()]*\)";
}

/// Words for a kind of file, and the endings of such files.
pub(super) const FILE_KINDS: &[(&str, &[&str])] = &[
    ("python", &["py", "pyi"]),
    ("py", &["py", "pyi"]),
    ("json", &["json", "jsonl"]),
    ("yaml", &["yaml", "yml"]),
    ("yml", &["yaml", "yml"]),
    ("toml", &["toml"]),
    ("xml", &["xml"]),
    ("markdown", &["md"]),
    ("md", &["md"]),
    ("shell", &["sh"]),
    ("javascript", &["js", "jsx", "mjs", "cjs"]),
    ("typescript", &["ts", "tsx"]),
    ("html", &["html"]),
    ("css", &["css", "scss"]),
    ("sql", &["sql"]),
    ("text", &["txt"]),
];

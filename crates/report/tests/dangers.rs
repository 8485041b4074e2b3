//! Templates that would make much from little: each form is refused, at once, before any of it is made.

use proptest::prelude::*;
use rollcall_report::{
    NoticeFacts, NoticeTemplates, NoticeWords, ReportError, RunReport, TemplateName, TemplateTexts, Templates,
};
use std::fmt::Write as _;

/// The most that any part of a mail may have, in bytes.
const LONGEST: usize = 1024 * 1024;

fn text(text: &str) -> TemplateTexts {
    TemplateTexts { text: Some(text.to_owned()), ..TemplateTexts::default() }
}

fn html(text: &str) -> TemplateTexts {
    TemplateTexts { html: Some(text.to_owned()), ..TemplateTexts::default() }
}

/// What is said of a text that is refused, as words of a report and as a policy's words in a notice.
fn refusal(words: &str) -> String {
    let notice = NoticeWords { subject: None, message: Some(words.to_owned()) };
    assert!(NoticeTemplates::new(TemplateTexts::default(), notice).is_err(), "{words}");
    match Templates::named(TemplateName::RunReport, text(words)) {
        Err(error @ ReportError::Template { .. }) => error.to_string(),
        other => panic!("was not refused: {words}: {other:?}"),
    }
}

#[test]
fn filters_and_functions_that_make_much_are_not_there() {
    for (words, named) in [
        ("{{ \"%99999999999999d\"|format(1) }}", "format"),
        ("{{ \"%200000000d\"|format(1) }}", "format"),
        ("{{ \"%.60000f\"|format(1) }}", "format"),
        ("{{ \"x\"|indent(1000000000) }}", "indent"),
        ("{{ \"x\"|center(1000000000) }}", "center"),
        ("{{ headline|batch(1000000000, 'x') }}", "batch"),
        ("{{ headline|slice(1000000000) }}", "slice"),
        ("{{ headline|list|pprint }}", "pprint"),
        ("{{ headline|map('upper')|join }}", "map"),
        ("{{ headline|select|join }}", "select"),
        ("{{ headline|sort|join }}", "sort"),
        ("{{ headline|groupby('x') }}", "groupby"),
        ("{{ headline|zip(headline)|join }}", "zip"),
        ("{{ headline|chain(headline)|join }}", "chain"),
        ("{{ headline|safe }}", "safe"),
        ("{% if headline is test('x') %}x{% endif %}", "test"),
        ("{{ range(100000) }}", "range"),
        ("{% for n in range(100000) %}x{% endfor %}", "call"),
        ("{% set ns = namespace(x=1) %}{{ headline }}", "call"),
        ("{{ dict(a=1) }}", "dict"),
        ("{{ debug() }}", "debug"),
        ("{{ headline.format(1) }}", "call"),
        ("{% for n in headline %}{{ loop.cycle('a', 'b') }}{% endfor %}", "call"),
    ] {
        let refused = refusal(words);
        assert!(refused.contains(named) && refused.contains("line 1, column"), "{words}: {refused}");
    }
}

#[test]
fn a_form_is_refused_also_where_no_sample_comes_by() {
    let picky = "{% if label == \"rep\" %}{{ \"%99999999999999d\"|format(1) }}{% endif %}{{ headline }}";
    assert!(refusal(picky).contains("the filter \"format\" is not for mails; known: capitalize"));
    assert!(
        refusal("{% if label == \"rep\" %}{{ 'x' * 100000000 }}{% endif %}{{ headline }}").contains("`*`")
    );
}

#[test]
fn operators_that_make_much_are_not_there() {
    for (words, sign) in [
        ("{{ 'x' * 100000000 }}", "`*`"),
        ("{{ 100000000 * 'x' }}", "`*`"),
        ("{{ [1] * 100000000 }}", "`*`"),
        ("{{ 9 ** 99 ** 9 }}", "`**`"),
        ("{{ headline ~ headline }}", "`~`"),
        ("{{ headline + headline }}", "`+`"),
        ("{{ headline[::-1] }}", "slice"),
        ("{% set a = [headline, headline] %}{{ headline }}", "constants"),
        ("{% set a = {'a': headline} %}{{ headline }}", "constants"),
        ("{% set a = (headline, headline) %}{{ headline }}", "constants"),
    ] {
        let refused = refusal(words);
        assert!(refused.contains(sign), "{words}: {refused}");
    }
    // Worked out while a template is read, they would fill the memory before a step is taken.
    refusal(&"{{ 'x' * 100000000 }}".repeat(2_000));
    refusal(&format!("{{% set a = 'xxxxxxxx' %}}{}{{{{ a }}}}", "{% set a = a ~ a %}".repeat(60)));
}

#[test]
fn blocks_that_gather_or_recurse_are_not_there() {
    for (words, named) in [
        ("{% set a %}{{ headline }}{% endset %}{{ a }}", "`set` without `=`"),
        ("{% filter upper %}x{% endfilter %}", "`filter` block"),
        ("{% macro m() %}x{% endmacro %}{% call m() %}y{% endcall %}", "`call` block"),
        ("{% macro m() %}x{% endmacro %}{% do m() %}{{ headline }}", "`do`"),
        ("{% for n in warnings recursive %}{{ loop(warnings) }}{% endfor %}", "recursive"),
        ("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "no macro \"m\" above"),
        (
            "{% macro a() %}{{ b() }}{% endmacro %}{% macro b() %}{{ a() }}{% endmacro %}{{ a() }}",
            "no macro \"b\"",
        ),
        (
            "{% macro a() %}x{% endmacro %}{% macro b() %}{{ a() }}{% endmacro %}{% macro a() %}{{ b() }}{% endmacro %}{{ a() }}",
            "already",
        ),
        (
            "{% macro a() %}x{% endmacro %}{% macro b() %}{{ a() }}{% endmacro %}{% set a = b %}{{ b() }}",
            "\"a\" is a macro",
        ),
        ("{% macro a(f) %}{{ f(f) }}{% endmacro %}{{ a(a) }}", "no macro \"f\""),
        ("{% macro a(x) %}{{ x }}{% endmacro %}{{ a(a(headline)) }}", "call inside"),
        ("{% macro a(x) %}{{ x }}{% endmacro %}{% set x = a(headline) %}{{ x }}", "call inside"),
        ("{% macro a(x) %}{{ x }}{% endmacro %}{{ a(*headline) }}", "one by one"),
        ("{% autoescape false %}{{ headline }}{% endautoescape %}", "autoescape"),
        ("{{ warnings }}", "is no text"),
    ] {
        let refused = refusal(words);
        assert!(refused.contains(named), "{words}: {refused}");
    }
    for words in [
        "{% include 'text' %}",
        "{% extends 'text' %}",
        "{% import 'text' as t %}",
        "{% block a %}{% endblock %}",
    ] {
        refusal(words);
    }
}

#[test]
fn filters_end_at_a_length() {
    let replacing = "|replace('a', 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa')".repeat(12);
    let refused = refusal(&format!("{{{{ 'a'{replacing} }}}}"));
    assert!(refused.contains("more than 16384 bytes"), "{refused}");
    let refused = refusal(&format!("{{{{ headline|replace('', '{}') }}}}", "x".repeat(900)));
    assert!(refused.contains("more than 16384 bytes"), "{refused}");
    let refused = refusal(&format!("{{{{ headline|join('{}') }}}}", "x".repeat(900)));
    assert!(refused.contains("more than 16384 bytes"), "{refused}");
    let escaping =
        format!("{{{{ 'a'{}|replace('a', '&&&&&&&&')|e }}}}", "|replace('a', 'aaaaaaaa')".repeat(3));
    assert!(refusal(&escaping).contains("more than 16384 bytes"));
}

#[test]
fn what_is_nested_too_deep_is_refused_before_it_is_read() {
    for words in [
        format!("{{{{ 1{} }}}}", "-1".repeat(30_000)),
        format!("{{{{ headline{} }}}}", "|e".repeat(30_000)),
        format!("{{{{ headline{} }}}}", ".a".repeat(30_000)),
        format!("{{{{ {}1{} }}}}", "(".repeat(30_000), ")".repeat(30_000)),
        format!("{{{{ {}1 }}}}", "not ".repeat(10_000)),
        format!("{{{{ {}1 }}}}", "-".repeat(30_000)),
        format!("{{% if headline %}}{}{{% endif %}}", "{% elif 1 %}".repeat(5_000)),
        "{% if headline %}".repeat(3_800),
        format!("{{{{ '{}' }}}}", "x".repeat(1_001)),
    ] {
        refusal(&words);
    }
}

#[test]
fn a_macro_that_gathers_without_end_runs_out_of_steps() {
    let loops = "{% for a in accounts.rows %}{% for b in accounts.rows %}{% for c in accounts.rows %}{% for d in accounts.rows %}";
    let ends = "{% endfor %}{% endfor %}{% endfor %}{% endfor %}";
    let raw = "x".repeat(60_000);
    let refused = Templates::named(
        TemplateName::RunReport,
        html(&format!("{{% macro m() %}}{loops}{raw}{ends}{{% endmacro %}}{{{{ m() }}}}")),
    );
    assert!(refused.unwrap_err().to_string().contains("ran out of fuel"));
    let refused = Templates::named(
        TemplateName::RunReport,
        html(&format!("{{% macro m() %}}{loops}{{{{ site }}}}{ends}{{% endmacro %}}{{{{ m() }}}}")),
    );
    assert!(refused.is_err());
}

#[test]
fn macros_that_double_end_at_what_is_inserted() {
    let mut words = "{% macro m0() %}{{ headline }}{% endmacro %}".to_owned();
    for n in 1..40 {
        let _ = write!(words, "{{% macro m{n}() %}}{{{{ m{0}() }}}}{{{{ m{0}() }}}}{{% endmacro %}}", n - 1);
    }
    let refused = refusal(&format!("{words}{{{{ m39() }}}}"));
    assert!(refused.contains("inserts more than") || refused.contains("fuel"), "{refused}");
}

#[test]
fn the_words_of_a_policy_end_at_a_length() {
    let message = Some(format!("{}{}", "x".repeat(9_000), "{{ name }} ".repeat(2_000)));
    let refused = NoticeTemplates::new(TemplateTexts::default(), NoticeWords { subject: None, message });
    assert!(refused.unwrap_err().to_string().contains("more than 16384 bytes"));
}

#[test]
fn what_mails_need_is_there() {
    let words = "{% macro one(who, mark='-') %}{{ mark }} {{ who.name | upper }}{% endmacro %}{% set shown = kind %}\
        {% for line in accounts.rows if line.name is startingwith('') %}{{ one(line, mark='*') }}{% if not loop.last %}, {% endif %}{% endfor %}\
        {% if shown in ['plan', 'run'] and accounts.rows | length > 0 and loop is undefined %}{{ headline | replace('would', 'will') | trim | title }}{% elif notice %}{{ notice | default('x') }}{% else %}{{ warnings | join(', ') }}{% endif %}\
        {% with a = label | lower %}{{ a if a is defined else kind | capitalize }}{% endwith %} {{ accounts.rows | length - 1 }} {{ numbers[0].value }}{{ (warnings | first) | e if warnings }}{{ {'good': 1, 'bad': 2, 'attention': 3}[tone] }}\
        {{ headline | last }}{{ warnings | count // 2 }}{{ label | d('x') }}{% if accounts.rows | length is even or 3 is divisibleby(3) %}{% endif %}";
    let mail = Templates::named(TemplateName::RunReport, text(words)).unwrap();
    let mail = mail.render(&RunReport::sample(), None).unwrap();
    assert!(mail.text.starts_with("* "), "{}", mail.text);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// Whatever is written: it is refused, or gives a mail within its bounds.
    #[test]
    fn no_template_gives_more_than_a_mail(parts in prop::collection::vec(prop::sample::select(vec![
        "{% for a in accounts.rows %}", "{% for a in headline %}", "{% endfor %}", "{% macro m(a) %}", "{% macro n(a) %}", "{% endmacro %}",
        "{{ m(a) }}", "{{ n(headline) }}", "{{ m(headline) }}", "{% set a = headline %}", "{% set a = a | replace('a', 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa') %}",
        "{% set a = a | join('xxxxxxxxxxxxxxxx') %}", "{{ a | upper }}", "{{ a }}", "{% if a in headline %}", "{% endif %}", "words",
        "{% with a = a | e %}", "{% endwith %}", "{% set a = a ~ a %}", "{% set a = a * 1000000 %}",
    ]), 1..25)) {
        let words = format!("{{{{ headline }}}}{}", parts.concat());
        for text in [text(&words), html(&words)] {
            if let Ok(templates) = Templates::named(TemplateName::RunReport, text) {
                let mail = templates.render(&RunReport::sample(), None).unwrap();
                prop_assert!(mail.text.len() <= LONGEST && mail.html.len() <= LONGEST);
            }
        }
        let words = NoticeWords { subject: None, message: Some(words) };
        if let Ok(templates) = NoticeTemplates::new(TemplateTexts::default(), words) {
            prop_assert!(templates.render(&NoticeFacts::sample()).is_ok());
        }
    }
}

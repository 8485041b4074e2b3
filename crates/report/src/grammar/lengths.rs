//! How long what stands in a template may be: looked at before it is parsed, because a parser goes as deep as a text makes it.

use super::Place;
use crate::ReportError;
use minijinja::Error;
use minijinja::machinery::{Span, Token, tokenize};
use minijinja::syntax::SyntaxConfig;

/// Most words and signs between `{{` and `}}`, or `{%` and `%}`.
const LONGEST_TAG: usize = 200;
/// Longest text in quotation marks, in bytes.
const LONGEST_QUOTE: usize = 1_000;
/// Most `elif` in a template.
const MOST_ELIFS: usize = 100;

/// Looks at each tag of a template.
pub(super) fn lengths(
    place: Place<'_>,
    syntax: &SyntaxConfig,
    fault: &impl Fn(&Error) -> ReportError,
) -> Result<(), ReportError> {
    let (mut begun, mut words, mut elifs) = (Span::default(), 0, 0);
    for token in tokenize(place.text, false, syntax.clone()) {
        let (token, span) = token.map_err(|error| fault(&error))?;
        let quoted = match &token {
            Token::VariableStart | Token::BlockStart => {
                (begun, words) = (span, 0);
                0
            }
            Token::Str(text) => text.len(),
            Token::String(text) => text.len(),
            Token::Ident("elif") => {
                elifs += 1;
                0
            }
            _ => 0,
        };
        words += usize::from(!matches!(token, Token::TemplateData(_)));
        if quoted > LONGEST_QUOTE {
            let most =
                format!("a text of {quoted} bytes in quotation marks, and at most {LONGEST_QUOTE} are taken");
            return Err(place.refuse(span, most));
        }
        if words > LONGEST_TAG {
            let most = format!("more than {LONGEST_TAG} words and signs in one tag; write several");
            return Err(place.refuse(begun, most));
        }
        if elifs > MOST_ELIFS {
            return Err(
                place.refuse(span, format!("more than {MOST_ELIFS} times `elif`; write several `if`"))
            );
        }
    }
    Ok(())
}

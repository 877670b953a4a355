#!/usr/bin/env bash
# Babel reads "Traditional Chinese, in mainland China" as Simplified Chinese.
#
# Expected: the script that a language tag names is the script of the locale; or an error that says there is no such
#   locale, as for `zh-Hans-TW`.
# Happens: where Babel has no data of a tag, it takes out the script, looks up what is likely in the region, and returns
#   that: `zh-Hant-CN` is `zh_Hans_CN`, whose months and plurals are written in the other script. The tag is valid, and
#   browsers send it (https://www.rfc-editor.org/rfc/rfc5646#section-2.2.3). With a region that Babel knows, as in
#   `zh-Hant-MY` and `zh-Hans-HK`, or with no region, the script is kept. `negotiate_locale` finds nothing for `zh-TW`
#   among `zh-Hant` and `zh-Hans`.
# Seen with: Babel 2.18.0.
# So: take the script from the tag itself, before `Locale.parse`, and choose a catalogue by language and script.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install --quiet babel==2.18.0
cat > parse.py <<'END'
from babel import Locale, UnknownLocaleError, negotiate_locale

for tag in ("zh-Hant", "zh-Hant-MY", "zh-Hant-CN", "zh-Hans-HK", "zh-Hans-TW", "zh-TW"):
    try:
        print(tag, "is", Locale.parse(tag, sep="-").english_name)
    except UnknownLocaleError:
        print(tag, "is unknown")
print("zh-TW among zh-Hant and zh-Hans:", negotiate_locale(["zh-TW"], ["zh-Hant", "zh-Hans"], sep="-"))
END
env/bin/python parse.py | tee seen
diff - seen <<'END'
zh-Hant is Chinese (Traditional)
zh-Hant-MY is Chinese (Traditional, Malaysia)
zh-Hant-CN is Chinese (Simplified, China)
zh-Hans-HK is Chinese (Simplified, Hong Kong SAR China)
zh-Hans-TW is unknown
zh-TW is Chinese (Traditional, Taiwan)
zh-TW among zh-Hant and zh-Hans: None
END

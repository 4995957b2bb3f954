// The style sheet of the status page.
#pragma once

namespace swim::server {

inline constexpr const char* status_style = R"(
:root { color-scheme: light dark; --line: #8884; --ok: #1a7f37; --note: #9a6700; --problem: #cf222e; }
body { font: 15px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 75rem; padding: 0 1rem; }
h1 { font-size: 1.5rem; margin: 0 0 1rem; overflow-wrap: anywhere; }
h1 small { font-weight: normal; opacity: .7; }
h2 { font-size: 1.05rem; margin: 1.75rem 0 .4rem; }
.finding { border-left: .4rem solid; margin: .5rem 0; padding: .4rem .8rem; overflow-wrap: anywhere; }
.finding.first { font-size: 1.15rem; padding: .8rem; background: #8881; }
.finding.ok { border-color: var(--ok); }
.finding.note { border-color: var(--note); }
.finding.problem { border-color: var(--problem); }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .25rem .75rem .25rem 0;
  border-bottom: 1px solid var(--line); max-width: 32rem; overflow-wrap: break-word; }
th { font-weight: 600; opacity: .7; }
tr.failed td:nth-child(2) { color: var(--problem); font-weight: 600; }
tr.suspect td:nth-child(2), tr.leaving td:nth-child(2) { color: var(--note); font-weight: 600; }
tr.left, tr.quiet { opacity: .6; }
.foot, details { margin-top: 2rem; }
)";

}  // namespace swim::server

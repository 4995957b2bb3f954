#include "core/runtime/seed_resolver.hpp"

#include <algorithm>
#include <utility>

namespace swim::runtime {

namespace {

// A refused connection while everybody is starting is no news; the third in a row is.
constexpr int failures_before_telling = 3;

// How much a failure tells about what has to be mended: the greatest is shown.
int weight(Errc code) {
  switch (code) {
    case Errc::not_authenticated:
      return 4;
    case Errc::rejected:
      return 3;
    case Errc::refused:
      return 2;
    default:
      return 1;
  }
}

bool is_grave(Errc code) {
  return weight(code) >= 3;
}

}  // namespace

std::string explain_seed_failure(const std::string& seed, const SeedResult& result,
                                 const std::string& credentials) {
  const std::string address = to_string(result.address);
  const std::string subject = "seed " + seed + (address == seed ? "" : " (" + address + ")");
  switch (result.error.code) {
    case Errc::not_authenticated:
      return subject + " did not authenticate us: " + credentials + " differs";
    case Errc::rejected:
      return subject + " rejected us: " + (result.text.empty() ? "no reason given" : result.text);
    case Errc::refused:
      return subject + " refused the connection: nobody listens there";
    case Errc::unreachable:
      return subject +
             " is unreachable: no route, a firewall forbids it, or this machine could not dial, "
             "and then its log says why";
    case Errc::timeout:
      return subject + " did not answer in time";
    case Errc::closed:
      return subject + " closed the connection before it answered";
    default:
      break;
  }
  std::string cause(to_string(result.error.code));
  if (!result.text.empty()) {
    cause = result.text;
  } else if (!result.error.what.empty()) {
    cause = std::string(result.error.what);
  }
  return subject + " could not be joined: " + cause;
}

SeedResolver::SeedResolver(Hooks hooks, Pauses pauses, std::uint64_t random_seed)
    : hooks_(std::move(hooks)), pauses_(pauses), random_(random_seed) {}

void SeedResolver::replace(std::vector<SeedSpec> seeds) {
  std::vector<Seed> next;
  const TimePoint at = hooks_.now().steady;
  for (SeedSpec& spec : seeds) {
    const auto same_text = [&](const Seed& seed) { return seed.spec.text == spec.text; };
    if (std::any_of(next.begin(), next.end(), same_text)) {
      continue;
    }
    const auto known = std::find_if(seeds_.begin(), seeds_.end(), same_text);
    if (known != seeds_.end()) {
      next.push_back(std::move(*known));
      next.back().spec = std::move(spec);
      continue;
    }
    Seed seed(next_id_++, SeedCalls(pauses_.refresh, at, pauses_.retry));
    seed.status.seed = spec.text;
    seed.spec = std::move(spec);
    next.push_back(std::move(seed));
  }
  seeds_ = std::move(next);
  changed_ = true;
}

void SeedResolver::heard_of(const Endpoint& address) {
  const TimePoint at = hooks_.now().steady;
  for (Seed& seed : seeds_) {
    if (std::ranges::find(seed.status.addresses, address) != seed.status.addresses.end()) {
      seed.calls.heard_of(at);
    }
  }
}

void SeedResolver::on_time() {
  if (suspended_) {
    return;
  }
  const TimePoint at = hooks_.now().steady;
  // By position: a hook that answers at once may not replace the seeds, but it does touch them.
  for (std::size_t i = 0; i < seeds_.size(); ++i) {
    if (seeds_[i].calls.is_due(at)) {
      contact(seeds_[i]);
    }
  }
}

std::optional<TimePoint> SeedResolver::next_due() const {
  std::optional<TimePoint> earliest;
  for (const Seed& seed : seeds_) {
    const auto due = seed.calls.due();
    if (!suspended_ && due && (!earliest || *due < *earliest)) {
      earliest = due;
    }
  }
  return earliest;
}

std::vector<SeedStatus> SeedResolver::status() {
  changed_ = false;
  std::vector<SeedStatus> result;
  result.reserve(seeds_.size());
  for (const Seed& seed : seeds_) {
    result.push_back(seed.status);
  }
  return result;
}

void SeedResolver::contact(Seed& seed) {
  seed.calls.begin();
  if (seed.spec.kind == SeedSpec::Kind::address) {
    seed.status.addresses = {seed.spec.address};
    join(seed);
    return;
  }
  hooks_.resolve(seed.spec.host, seed.spec.port,
                 [this, id = seed.id](LookupResult result) { resolved(id, std::move(result)); });
}

void SeedResolver::resolved(std::uint64_t id, LookupResult result) {
  Seed* seed = find(id);
  if (seed == nullptr) {
    return;
  }
  if (result.addresses.empty()) {
    seed->status.addresses.clear();
    finish(*seed, false, "seed " + seed->status.seed + " " + result.problem, false);
    return;
  }
  seed->status.addresses = std::move(result.addresses);
  join(*seed);
}

void SeedResolver::join(Seed& seed) {
  const std::vector<Endpoint> live_members = hooks_.live_members();
  std::vector<Endpoint> strangers;
  bool live = false;
  seed.has_self = false;
  for (const Endpoint& address : seed.status.addresses) {
    if (hooks_.is_self(address)) {
      seed.has_self = true;
    } else if (std::ranges::binary_search(live_members, address)) {
      live = true;
    } else {
      strangers.push_back(address);
    }
  }
  if (suspended_) {
    seed.calls.put_off();  // nobody was asked: what was known of it stays
    return;
  }
  if (strangers.empty()) {
    anyone_reached_ = anyone_reached_ || live;
    finish(seed, true, "", false);
    return;
  }
  hooks_.join(std::move(strangers),
              [this, id = seed.id, live](const std::vector<SeedResult>& results) {
                if (Seed* asked = find(id)) {
                  joined(*asked, live, results);
                }
              });
}

void SeedResolver::joined(Seed& seed, bool reached, const std::vector<SeedResult>& results) {
  const SeedResult* worst = nullptr;
  for (const SeedResult& result : results) {
    if (result.accepted) {
      reached = true;
    } else if (worst == nullptr || weight(result.error.code) > weight(worst->error.code)) {
      worst = &result;
    }
  }
  anyone_reached_ = anyone_reached_ || reached;
  // Some addresses of a name may be gone while others answer; a wrong key is worth a word even
  // then.
  const bool show = worst != nullptr && (!reached || worst->error.code == Errc::not_authenticated);
  std::string problem;
  if (show) {
    problem = explain_seed_failure(seed.status.seed, *worst, hooks_.credentials());
  } else if (!reached) {
    problem = "seed " + seed.status.seed + " gave no answer";
  }
  finish(seed, reached, std::move(problem), show && is_grave(worst->error.code));
}

void SeedResolver::finish(Seed& seed, bool reached, std::string problem, bool grave) {
  const Moment at = hooks_.now();
  seed.calls.answered(reached, at.steady, random_);
  seed.status.reached = reached;
  seed.status.problem = std::move(problem);
  seed.status.checked = at.wall;
  tell(seed, grave);
  changed_ = true;
  maybe_start_alone();
}

// One line when an episode begins, one when it is over.
void SeedResolver::tell(Seed& seed, bool grave) {
  const SeedStatus& status = seed.status;
  if (status.problem.empty() && status.reached) {
    if (std::exchange(seed.told, false)) {
      hooks_.log(log_info, "seed " + status.seed + " answers again");
    }
    seed.failures = 0;
    return;
  }
  ++seed.failures;
  if (!seed.told && (grave || seed.failures >= failures_before_telling)) {
    seed.told = true;
    hooks_.log(log_warn, status.problem);
  }
}

void SeedResolver::maybe_start_alone() {
  if (suspended_) {
    return;
  }
  const auto is_tried = [](const Seed& seed) { return seed.calls.tried(); };
  const auto has_self = [](const Seed& seed) { return seed.has_self; };
  if (!anyone_reached_ && std::all_of(seeds_.begin(), seeds_.end(), is_tried) &&
      std::any_of(seeds_.begin(), seeds_.end(), has_self)) {
    anyone_reached_ = true;
    hooks_.start_alone();
  }
}

SeedResolver::Seed* SeedResolver::find(std::uint64_t id) {
  const auto found =
      std::find_if(seeds_.begin(), seeds_.end(), [id](const Seed& seed) { return seed.id == id; });
  return found == seeds_.end() ? nullptr : &*found;
}

}  // namespace swim::runtime

#include "server/attach_reactor.hpp"

#include <utility>

#include "server/convert.hpp"
#include "server/status.hpp"

namespace swim::server {
namespace {

grpc::Status bad_app_name() {
  return make_status(grpc::StatusCode::INVALID_ARGUMENT, "BAD_APP_NAME",
                     "name: the first request names the app, by 1 to 63 of A-Z, a-z, 0-9, '.', "
                     "'_', '-'");
}

grpc::Status attach_status(const Error& error) {
  if (error.code == Errc::invalid_argument) {
    return bad_app_name();
  }
  if (error.code == Errc::too_large) {
    return make_status(grpc::StatusCode::RESOURCE_EXHAUSTED, "TOO_MANY_APPS",
                       "this node has " + std::string(error.what) +
                           "; let one say goodbye, lost ones too by attaching once more",
                       {{"limit", std::to_string(limits::apps_max)}});
  }
  return to_status(error);
}

grpc::Status too_many_attached() {
  const std::string most = std::to_string(Attachments::streams_max);
  return make_status(grpc::StatusCode::RESOURCE_EXHAUSTED, "TOO_MANY_STREAMS",
                     "this node has " + most +
                         " streams of Attach, the most there can be; close those that are no "
                         "longer used",
                     {{"limit", most}});
}

}  // namespace

std::shared_ptr<AttachReactor> AttachReactor::make(ServiceContext& context) {
  std::shared_ptr<AttachReactor> reactor(new AttachReactor(context));
  reactor->self_ = reactor;
  reactor->begin();
  return reactor;
}

void AttachReactor::begin() {
  if (context_.apps.enter(shared_from_this())) {
    StartRead(&request_);
  } else {
    finish_with(context_.apps.ended() ? shutting_down() : too_many_attached());
  }
}

void AttachReactor::attach(const std::string& name) {
  auto done = deliver<AppId>(context_.fan_out,
                             [self = shared_from_this(), name](const Expected<AppId>& answer) {
                               self->on_answer(name, answer);
                             });
  if (const auto posted = context_.runtime.attach(name, std::move(done)); !posted) {
    on_answer(name, tl::unexpected(posted.error()));
  }
}

void AttachReactor::on_answer(const std::string& name, const Expected<AppId>& answer) {
  if (!answer) {
    finish_with(attach_status(answer.error()));
    return;
  }
  const MemberPtr member = context_.runtime.snapshot()->local;
  bool too_late = false;
  {
    const std::lock_guard lock(mutex_);
    too_late = gone_ || finished_ || status_.has_value();
    if (!too_late) {
      stage_ = Stage::attached;
      app_ = *answer;
      fill(*member, *response_.mutable_member());
      to_write_ = true;
    }
  }
  context_.apps.attached(name, shared_from_this());
  if (too_late) {
    context_.apps.detach(*answer);  // nobody was told that it was there
    return;
  }
  advance();
}

void AttachReactor::OnReadDone(bool ok) {
  std::string name;
  bool first = false;
  {
    const std::lock_guard lock(mutex_);
    closed_ = closed_ || !ok;
    first = ok && stage_ == Stage::unnamed;
    if (first) {
      stage_ = Stage::asked;
      name = request_.name();
    }
  }
  if (ok) {
    StartRead(&request_);
  }
  if (first) {
    attach(name);
  }
  advance();
}

void AttachReactor::OnWriteDone(bool /*ok*/) {
  {
    const std::lock_guard lock(mutex_);
    writing_ = false;
  }
  advance();
}

void AttachReactor::OnCancel() {
  {
    const std::lock_guard lock(mutex_);
    gone_ = true;
  }
  lose();
  advance();
}

// Not before this is it known how a stream ended: a connection that breaks may look like a closed
// side first, and then OnCancel comes before this.
void AttachReactor::OnDone() {
  std::optional<AppId> goodbye;
  {
    const std::lock_guard lock(mutex_);
    goodbye = std::exchange(app_, std::nullopt);
  }
  if (goodbye) {
    context_.apps.detach(*goodbye);
  }
  context_.apps.leave(this);
  const auto last = std::move(self_);
}

void AttachReactor::replace() {
  {
    const std::lock_guard lock(mutex_);
    app_.reset();  // it is the other one's now
  }
  finish_with(make_status(grpc::StatusCode::ABORTED, "APP_REPLACED",
                          "another stream attached under this app's name and has its place"));
}

void AttachReactor::end() {
  {
    const std::lock_guard lock(mutex_);
    app_.reset();  // the daemon's own end is no loss
  }
  finish_with(shutting_down());
}

void AttachReactor::lose() {
  std::optional<AppId> lost;
  {
    const std::lock_guard lock(mutex_);
    lost = std::exchange(app_, std::nullopt);
  }
  if (lost) {
    context_.apps.lose(*lost);
  }
}

void AttachReactor::finish_with(grpc::Status status) {
  {
    const std::lock_guard lock(mutex_);
    if (!status_) {
      status_ = std::move(status);
    }
  }
  advance();
}

// Decides under the lock and acts outside it: gRPC may call back from within.
void AttachReactor::advance() {
  grpc::Status status;
  Step step = Step::rest;
  {
    const std::lock_guard lock(mutex_);
    step = decide(status);
  }
  if (step == Step::write) {
    StartWrite(&response_);
  } else if (step == Step::finish) {
    Finish(status);
  }
}

AttachReactor::Step AttachReactor::decide(grpc::Status& status) {
  if (writing_ || finished_) {
    return Step::rest;
  }
  if (gone_ || status_) {
    finished_ = true;
    status = status_ ? *status_ : grpc::Status::CANCELLED;
    return Step::finish;
  }
  if (to_write_) {
    to_write_ = false;
    writing_ = true;
    return Step::write;
  }
  if (closed_ && stage_ != Stage::asked) {
    finished_ = true;
    status = stage_ == Stage::attached ? grpc::Status::OK : bad_app_name();
    return Step::finish;
  }
  return Step::rest;
}

}  // namespace swim::server

#include "cli/commands/broadcast_lines.hpp"

#include <swim/v1/messaging.grpc.pb.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>

#include "cli/format/failure_text.hpp"
#include "cli/text/display.hpp"
#include "cli/text/line_batches.hpp"

namespace swim::cli {
namespace {

// What BroadcastStream takes in a batch, with room for topics and keys.
constexpr std::size_t batch_lines = 256;
constexpr std::size_t batch_bytes = 2U << 20U;
// More than any limit of the API: the daemon names the limit, this only keeps memory in bounds.
constexpr std::size_t line_bytes_max = 3U << 20U;

class LineProducer {
 public:
  LineProducer(const std::shared_ptr<grpc::Channel>& channel, const LinesToBroadcast& what)
      : what_(what),
        stub_(v1::MessagingService::NewStub(channel)),
        stream_(stub_->BroadcastStream(&call_)) {}

  // One batch at a time: the answer comes when the daemon had room for it, so that whoever writes
  // to us is slowed down. False: the stream is over.
  bool send(LineBatches::Batch batch) {
    v1::BroadcastStreamRequest request;
    request.set_first_id(next_id_);
    next_id_ += batch.size();
    for (std::string& line : batch) {
      v1::BroadcastRequest& message = *request.add_messages();
      message.set_topic(what_.topic);
      message.set_supersede_key(what_.supersede_key);
      message.set_payload(std::move(line));
    }
    v1::BroadcastStreamResponse response;
    if (!stream_->Write(request) || !stream_->Read(&response)) {
      return false;
    }
    accepted_ += response.accepted();
    rejected_ += static_cast<std::uint64_t>(response.rejected_size());
    if (!first_rejection_ && response.rejected_size() > 0) {
      first_rejection_ = response.rejected(0);
    }
    return true;
  }

  grpc::Status finish() {
    stream_->WritesDone();
    return stream_->Finish();
  }

  std::uint64_t accepted() const { return accepted_; }
  std::uint64_t rejected() const { return rejected_; }
  // Its id is the number of the line.
  const std::optional<v1::MessageRejection>& first_rejection() const { return first_rejection_; }

 private:
  const LinesToBroadcast& what_;
  grpc::ClientContext call_;
  std::unique_ptr<v1::MessagingService::Stub> stub_;
  std::unique_ptr<grpc::ClientReaderWriter<v1::BroadcastStreamRequest, v1::BroadcastStreamResponse>>
      stream_;
  std::uint64_t next_id_{1};
  std::uint64_t accepted_{}, rejected_{};
  std::optional<v1::MessageRejection> first_rejection_;
};

bool send_all(LineProducer& producer, std::vector<LineBatches::Batch> batches) {
  for (LineBatches::Batch& batch : batches) {
    if (!producer.send(std::move(batch))) {
      return false;
    }
  }
  return true;
}

// True: to the end of the input. False: the stream is over before.
Result<bool> read_all(LineProducer& producer) {
  LineBatches lines(batch_lines, batch_bytes);
  std::array<char, 65536> buffer{};
  for (;;) {
    const ssize_t size = read(STDIN_FILENO, buffer.data(), buffer.size());
    if (size < 0 && errno == EINTR) {
      continue;
    }
    if (size < 0) {
      return failed(ExitCode::failed,
                    "can't read standard input: " + std::generic_category().message(errno));
    }
    if (size == 0) {
      return send_all(producer, lines.finish());
    }
    if (!send_all(producer, lines.add({buffer.data(), static_cast<std::size_t>(size)}))) {
      return false;
    }
    if (lines.unfinished() > line_bytes_max) {
      return failed(ExitCode::failed, "a line of more than 3 MiB on standard input",
                    "`swimctl status` shows the largest payloads");
    }
  }
}

std::string summary(const LineProducer& producer, bool json) {
  if (json) {
    return "{\"accepted\":\"" + std::to_string(producer.accepted()) + "\",\"rejected\":\"" +
           std::to_string(producer.rejected()) + "\"}\n";
  }
  return "queued " + counted(producer.accepted(), "message") + " for all members\n";
}

}  // namespace

Result<> broadcast_lines(Context& context, const LinesToBroadcast& what) {
  const auto connection = connect(context, Door::app);
  if (!connection) {
    return tl::unexpected<Failure>(connection.error());
  }
  LineProducer producer(connection->channel(), what);
  const auto read = read_all(producer);
  const grpc::Status status = producer.finish();
  if (!read || !*read || !status.ok()) {
    Failure failure = !read          ? read.error()
                      : !status.ok() ? explain_status(status, connection->place().shown())
                                     : Failure{ExitCode::failed, "the daemon ended the stream", {}};
    failure.what += "; before that it took " + counted(producer.accepted(), "message");
    return tl::unexpected<Failure>(std::move(failure));
  }
  context.console.out(summary(producer, what.json));
  if (const auto& rejection = producer.first_rejection()) {
    Failure failure = explain_reason(rejection->message(), rejection->reason());
    failure.what = counted(producer.rejected(), "line") + " refused, the first is line " +
                   std::to_string(rejection->id()) + ": " + failure.what;
    return tl::unexpected<Failure>(std::move(failure));
  }
  return {};
}

}  // namespace swim::cli

// One Attach stream: the app's name comes, the engine attaches it, one response says so, and from
// there on only the end of the stream says anything. A goodbye is an end that both sides agreed on:
// the client closed its side and our status reached it. Every other end is a loss, whatever read or
// write it shows at first.
#pragma once

#include <grpcpp/grpcpp.h>

#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "server/attachments.hpp"
#include "server/service_context.hpp"
#include "swim/v1/membership.grpc.pb.h"

namespace swim::server {

class AttachReactor final
    : public grpc::ServerBidiReactor<::swim::v1::AttachRequest, ::swim::v1::AttachResponse>,
      public Attachment,
      public std::enable_shared_from_this<AttachReactor> {
 public:
  // Lives until OnDone, whoever else holds it. `context` must outlive the gRPC server.
  static std::shared_ptr<AttachReactor> make(ServiceContext& context);

  void replace() override;
  void end() override;

  void OnReadDone(bool ok) override;
  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override;

 private:
  enum class Stage { unnamed, asked, attached };
  enum class Step { rest, write, finish };

  explicit AttachReactor(ServiceContext& context) : context_(context) {}

  void begin();
  void attach(const std::string& name);
  void on_answer(const std::string& name, const Expected<AppId>& answer);
  void finish_with(grpc::Status status);
  void advance();
  Step decide(grpc::Status& status);
  // Of the app, once; nothing where it is not attached, or no longer this stream's.
  void lose();

  ServiceContext& context_;
  std::shared_ptr<AttachReactor> self_;
  ::swim::v1::AttachRequest request_;    // belongs to gRPC while a read is under way
  ::swim::v1::AttachResponse response_;  // … while a write is
  std::mutex mutex_;
  Stage stage_{Stage::unnamed};
  std::optional<AppId> app_;  // what is still to be said of it, lost or gone
  std::optional<grpc::Status> status_;
  bool to_write_{};
  bool writing_{};
  bool closed_{};    // the client's side
  bool gone_{};      // cancelled, or the connection is
  bool finished_{};  // Finish was called
};

}  // namespace swim::server

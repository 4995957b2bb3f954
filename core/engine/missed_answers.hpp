// How often a member that is there leaves a probe's first ping without an answer in time: datagrams
// get lost, or are slower than we wait for. Measured by this node over its last probes, of all
// members together. A plain value.
#pragma once

#include <algorithm>
#include <cstdint>

namespace swim {

class MissedAnswers {
 public:
  // Of a probe that was answered in the end; or of one that was not, once its accusation is
  // refuted.
  void add(bool missed) {
    probes_ = std::min(probes_ + 1, window);
    share_ += ((missed ? 1.0 : 0.0) - share_) / probes_;
  }
  double share() const { return share_; }  // from 0 to 1

 private:
  static constexpr double window = 64;
  double share_{};
  double probes_{8};  // as if so many had been answered before: one that is missed proves little
};

}  // namespace swim

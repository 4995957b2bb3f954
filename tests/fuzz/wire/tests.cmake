swim_fuzz(fuzz_packet
  SOURCES ${CMAKE_CURRENT_LIST_DIR}/fuzz_packet.cpp
  DEPS swim_wire
  CORPUS ${CMAKE_CURRENT_LIST_DIR}/corpus/packet)
swim_fuzz(fuzz_frame
  SOURCES ${CMAKE_CURRENT_LIST_DIR}/fuzz_frame.cpp
  DEPS swim_wire
  CORPUS ${CMAKE_CURRENT_LIST_DIR}/corpus/frame)

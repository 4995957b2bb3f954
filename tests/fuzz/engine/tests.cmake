swim_fuzz(fuzz_engine
  SOURCES ${CMAKE_CURRENT_LIST_DIR}/fuzz_engine.cpp ${CMAKE_CURRENT_LIST_DIR}/driver.cpp
  DEPS swim_sim_world
  CORPUS ${CMAKE_CURRENT_LIST_DIR}/corpus/engine)

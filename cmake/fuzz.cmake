# swim_fuzz(NAME SOURCES … DEPS … CORPUS folder): a fuzz target, a file with LLVMFuzzerTestOneInput.
#
# With -DSWIM_FUZZ=ON (clang) it is a libFuzzer program: `bin/NAME folder-for-new-inputs CORPUS` searches.
# Set SWIM_SANITIZE=fuzzer-no-link,address,undefined then, so that the libraries under it are watched too.
# Otherwise tests/fuzz/replay_main.cpp gives it a main. In both cases ctest NAME replays the corpus, label
# fuzz-regression.
if(SWIM_FUZZ AND NOT CMAKE_CXX_COMPILER_ID MATCHES "Clang")
  message(FATAL_ERROR "SWIM_FUZZ=ON needs clang: libFuzzer is part of it")
endif()

function(swim_fuzz name)
  cmake_parse_arguments(ARG "" "CORPUS" "SOURCES;DEPS" ${ARGN})
  if(NOT IS_DIRECTORY ${ARG_CORPUS})
    message(FATAL_ERROR "${name}: no corpus folder ${ARG_CORPUS}")
  endif()
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE swim_options ${ARG_DEPS})
  if(SWIM_FUZZ)
    target_link_options(${name} PRIVATE -fsanitize=fuzzer)
    add_test(NAME ${name} COMMAND ${name} -runs=0 ${ARG_CORPUS})
  else()
    target_sources(${name} PRIVATE ${CMAKE_SOURCE_DIR}/tests/fuzz/replay_main.cpp)
    add_test(NAME ${name} COMMAND ${name} ${ARG_CORPUS})
  endif()
  swim_build_with_label(fuzz-regression ${name})
  set_tests_properties(${name} PROPERTIES LABELS fuzz-regression TIMEOUT 60)
endfunction()

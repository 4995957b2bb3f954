package io.swim.examples;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import com.google.protobuf.util.JsonFormat;

/** JSON, a line an object. */
final class Lines {
  private static final JsonFormat.Printer PRINTER = JsonFormat.printer().omittingInsignificantWhitespace();

  private Lines() {}

  static Value text(String text) {
    return Value.newBuilder().setStringValue(text).build();
  }

  static Value number(long number) { // exact below 2^53
    return Value.newBuilder().setNumberValue(number).build();
  }

  static Value object(Struct.Builder fields) {
    return Value.newBuilder().setStructValue(fields).build();
  }

  static void print(Struct.Builder line) {
    try {
      System.out.println(PRINTER.print(line));
    } catch (InvalidProtocolBufferException error) {
      throw new IllegalStateException(error); // a Struct can always be printed
    }
  }
}

package bench;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** The route in camel/ does everything. */
@SpringBootApplication
public class Stock {

    public static void main(String[] args) {
        SpringApplication.run(Stock.class, args);
    }
}

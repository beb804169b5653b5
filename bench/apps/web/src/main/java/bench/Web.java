package bench;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Takes a webhook and forgets it: what Spring Boot costs by itself. */
@SpringBootApplication
@RestController
public class Web {

    public static void main(String[] args) {
        SpringApplication.run(Web.class, args);
    }

    @PostMapping("/webhooks/ory/registration")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void take(@RequestBody String body) {
    }
}
